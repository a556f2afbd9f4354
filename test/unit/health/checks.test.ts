import type { AddressInfo } from 'node:net'
import test from 'ava'
import { type Checks, failures, serveChecks } from '../../../src/health/checks.ts'

const fine = () => undefined

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
  const server = await serveChecks(checks, { host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
    return [response.status, await response.text()]
  }
  t.deepEqual(await ask('/healthz'), [200, 'ok\n'])
  t.deepEqual(await ask('/readyz'), [503, 'synced: not yet\n'])
  synced = undefined
  t.deepEqual(await ask('/readyz'), [200, 'ok\n'])
  t.deepEqual(await ask('/'), [404, 'there are /healthz and /readyz\n'])
})

test('a port that is taken is an error', async t => {
  const server = await serveChecks({ live: {}, ready: {} }, { host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  const again = serveChecks(
    { live: {}, ready: {} },
    { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
  )
  await t.throwsAsync(again, { code: 'EADDRINUSE' })
})
