import type { AddressInfo } from 'node:net'
import test from 'ava'
import { type Checks, failures, serveHealth } from '../../../src/health/server.ts'

const fine = () => undefined
const exposition = { contentType: 'text/plain; version=0.0.4', metrics: async () => 'a_metric 1\n' }

test('checks that hold fail in nothing, and those that do not are told by name', async t => {
  t.deepEqual(await failures({}), [])
  t.deepEqual(await failures({ one: fine, two: () => Promise.resolve(undefined) }), [])
  t.deepEqual(
    await failures({
      fine,
      plain: () => 'is broken',
      late: async () => 'is broken, too',
      thrown: () => {
        throw new Error('went wrong')
      },
      rejected: () => Promise.reject(new Error('went wrong later')),
    }),
    ['plain: is broken', 'late: is broken, too', 'thrown: went wrong', 'rejected: went wrong later'],
  )
})

test('a check that does not answer has failed, and keeps the others from nothing', async t => {
  const never = () => new Promise<undefined>(() => {})
  t.deepEqual(await failures({ never, broken: () => 'is broken' }, 20), ['never: no answer', 'broken: is broken'])
})

test('live and ready are asked apart, and what holds later is seen later', async t => {
  let synced: string | undefined = 'not yet'
  const checks: Checks = { live: { loop: fine }, ready: { synced: () => synced } }
  const server = await serveHealth(checks, exposition, { host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
    return [response.status, await response.text()]
  }
  t.deepEqual(await ask('/healthz'), [200, 'ok\n'])
  t.deepEqual(await ask('/readyz'), [503, 'synced: not yet\n'])
  synced = undefined
  t.deepEqual(await ask('/readyz'), [200, 'ok\n'])
  t.deepEqual(await ask('/'), [404, 'there are /healthz, /readyz and /metrics\n'])
})

test('metrics are served as they are exposed; where that fails, it is said', async t => {
  const asked: (() => Promise<string>)[] = [exposition.metrics, () => Promise.reject(new Error('broken'))]
  const failing = { ...exposition, metrics: () => (asked.shift() ?? exposition.metrics)() }
  const server = await serveHealth({ live: {}, ready: {} }, failing, { host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
  const good = await fetch(url)
  t.deepEqual([good.status, good.headers.get('content-type')], [200, exposition.contentType])
  t.is(await good.text(), 'a_metric 1\n')
  const bad = await fetch(url)
  t.deepEqual([bad.status, await bad.text()], [500, 'Error: broken\n'])
})

test('a port that is taken is an error', async t => {
  const checks = { live: {}, ready: {} }
  const server = await serveHealth(checks, exposition, { host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  await t.throwsAsync(serveHealth(checks, exposition, { host: '127.0.0.1', port }), { code: 'EADDRINUSE' })
})
