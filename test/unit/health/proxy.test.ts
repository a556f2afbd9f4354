import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import { Map } from 'immutable'
import { Subject } from 'rxjs'
import type { ProxyHealth } from '../../../src/desired/forward.ts'
import { probe, proxyHealth, type Target } from '../../../src/health/proxy.ts'
import type { Probe } from '../../../src/health/verdict.ts'

const target = (url: string): Target => ({ url, timeout: 100 })
const settle = () => new Promise(resolve => setImmediate(resolve))

test('a node that comes is probed, one that goes is forgotten, the others go on', async t => {
  const targets = new Subject<ReadonlyMap<string, Target>>()
  const asked: string[] = []
  const seen: Map<string, ProxyHealth>[] = []
  const look = ({ url }: Target): Promise<Probe> => {
    asked.push(url)
    return Promise.resolve('answered')
  }
  const began = performance.now()
  const subscription = proxyHealth(targets, look).subscribe(health => seen.push(health))
  t.teardown(() => subscription.unsubscribe())
  targets.next(new globalThis.Map([['node1', target('one')]]))
  await settle()
  t.deepEqual(seen.at(-1)?.toObject(), { node1: 'healthy' })
  targets.next(
    new globalThis.Map([
      ['node1', target('one')],
      ['node2', target('two')],
    ]),
  )
  await settle()
  t.deepEqual(asked.slice(0, 1), ['one'])
  t.true(asked.includes('two'))
  // A machine that is busy may have come to the next beat already.
  const beats = Math.floor((performance.now() - began) / 200)
  t.true(asked.filter(url => url === 'one').length <= 1 + beats, asked.join())
  t.deepEqual(seen.at(-1)?.toObject(), { node1: 'healthy', node2: 'healthy' })
  targets.next(new globalThis.Map([['node2', target('elsewhere')]]))
  t.deepEqual(seen.at(-1)?.toObject(), {})
  await settle()
  t.deepEqual(seen.at(-1)?.toObject(), { node2: 'healthy' })
})

test('a change of health is told once', async t => {
  const probes: Probe[] = ['missed', 'missed', 'missed', 'missed', 'answered', 'answered']
  const seen: (ProxyHealth | undefined)[] = []
  await new Promise<void>(resolve => {
    const targets = new Subject<ReadonlyMap<string, Target>>()
    const look = () => {
      const next = probes.shift()
      if (next === undefined) resolve()
      return Promise.resolve(next ?? 'answered')
    }
    const subscription = proxyHealth(targets, look).subscribe(health => seen.push(health.get('node1')))
    targets.next(new globalThis.Map([['node1', target('one')]]))
    t.teardown(() => subscription.unsubscribe())
  })
  t.deepEqual(seen, ['unknown', 'unhealthy', 'healthy'])
})

test('a probe that takes as long as the beat is followed at once, so that three missed ones do not take longer', async t => {
  const pauses: number[] = []
  let ended: number | undefined
  await new Promise<void>(resolve => {
    const targets = new Subject<ReadonlyMap<string, Target>>()
    const look = async (): Promise<Probe> => {
      if (ended !== undefined) pauses.push(performance.now() - ended)
      if (pauses.length === 5) resolve()
      await new Promise(done => setTimeout(done, 210))
      ended = performance.now()
      return 'missed'
    }
    const subscription = proxyHealth(targets, look).subscribe()
    targets.next(new globalThis.Map([['node1', target('one')]]))
    t.teardown(() => subscription.unsubscribe())
  })
  t.true(Math.min(...pauses) < 100, pauses.join())
})

test('a healthz that says nothing is missed when the time is up', async t => {
  const server = createServer(() => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  t.is(await probe({ url: `http://127.0.0.1:${port}/`, timeout: 50 }), 'missed')
})

test('a healthz that nobody serves is missed', async t => {
  t.is(await probe({ url: 'http://127.0.0.1:1/healthz', timeout: 1_000 }), 'missed')
})

test('a healthz is answered by what it says', async t => {
  const replies = [
    [200, '{"lastUpdated":"now"}', 'answered'],
    [200, '{"healthy":true,"status":{}}', 'missed'],
    [200, '{"healthy":true,"status":{"IPv4":{"healthy":true}}}', 'answered'],
    [503, '', 'missed'],
  ] as const
  const left = [...replies]
  const server = createServer((_, response) => {
    const [status, body] = left.shift() ?? [500, '']
    response.writeHead(status).end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  for (const [, body, expected] of replies) {
    t.is(await probe({ url: `http://127.0.0.1:${port}/`, timeout: 5_000 }), expected, body)
  }
})
