import test from 'ava'
import { Map } from 'immutable'
import { Subject } from 'rxjs'
import type { ProxyHealth } from '../../../src/desired/forward.ts'
import { type Target, proxyHealth } from '../../../src/health/proxy.ts'
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
  const subscription = proxyHealth(targets, look).subscribe(health => seen.push(health))
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
  t.deepEqual(asked, ['one', 'two'])
  t.deepEqual(seen.at(-1)?.toObject(), { node1: 'healthy', node2: 'healthy' })
  targets.next(new globalThis.Map([['node2', target('elsewhere')]]))
  t.deepEqual(seen.at(-1)?.toObject(), {})
  await settle()
  t.deepEqual(seen.at(-1)?.toObject(), { node2: 'healthy' })
  subscription.unsubscribe()
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
