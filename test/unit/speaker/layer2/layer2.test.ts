/** The part of a speaker in layer 2 as a stream: a cluster and a responder in memory. */
import test, { type ExecutionContext } from 'ava'
import { type DestinationStream, pino } from 'pino'
import { ReplaySubject, Subject } from 'rxjs'
import type { KubeClient } from '../../../../src/kube/client.ts'
import type { KubeObject, Secret } from '../../../../src/kube/objects.ts'
import type { Responder, ResponderEvent, Vip } from '../../../../src/layer2/responder.ts'
import { COUNTERS_BYTES, countersIn } from '../../../../src/layer2/worker/counters.ts'
import { layer2 } from '../../../../src/speaker/layer2/layer2.ts'
import type { Change } from '../../../../src/watch/reduce.ts'
import { fakeClient, notFound } from '../../kube/fakeclient.ts'
import { metadata, node } from '../../objects.ts'
import { scene, touching, whole } from './scene.ts'

const address = '10.62.0.100'
const key = Buffer.alloc(32, 7)
const secret = (data: Secret['data']): Secret => ({ metadata: metadata('fairlead-layer2'), ...(data && { data }) })

/** Does as it is told and writes it down. */
class FakeResponder implements Responder {
  readonly events = new Subject<ResponderEvent>()
  readonly calls: string[] = []
  readonly vips = new Map<string, Vip>()

  update(changes: ReadonlyMap<string, Vip | undefined>): void {
    this.calls.push(`update ${[...changes.keys()].join()}`)
    for (const [name, vip] of changes) {
      if (vip === undefined) this.vips.delete(name)
      else this.vips.set(name, vip)
    }
  }

  attend(interfaces: readonly string[]): void {
    this.calls.push(`attend ${interfaces.join()}`)
  }

  setAble(able: boolean): void {
    this.calls.push(`able ${able}`)
  }

  async leave(): Promise<void> {
    this.calls.push('leave')
  }

  counters() {
    return countersIn(new Float64Array(COUNTERS_BYTES / Float64Array.BYTES_PER_ELEMENT))
  }

  async close(): Promise<void> {
    if (this.calls.at(-1) !== 'close') this.calls.push('close')
    this.events.complete()
  }
}

function run(t: ExecutionContext, answers: readonly (Secret | Error)[] = [secret({ key: key.toString('base64') })]) {
  const cluster = new ReplaySubject<Change>(1)
  const able = new ReplaySubject<boolean>(1)
  const stop = new Subject<void>()
  const responders: FakeResponder[] = []
  const keys: Uint8Array[] = []
  const applied: { status: { owners?: readonly { node: string }[]; conditions?: readonly { reason: string }[] } }[] = []
  const logged: string[] = []
  const log: DestinationStream = { write: line => void logged.push(line) }
  let asked = 0
  let read = 0
  let ended = false
  const client = fakeClient({
    get: (async () => {
      const answer = answers[Math.min(asked++, answers.length - 1)]
      if (answer instanceof Error) throw answer
      return answer
    }) as unknown as KubeClient['get'],
    apply: (async (_: unknown, { name }: { name: string }, part: (typeof applied)[number]) => {
      applied.push(part)
      return { metadata: metadata(name, { resourceVersion: `${applied.length + 1}` }), ...part } as KubeObject
    }) as unknown as KubeClient['apply'],
  })
  const subscription = layer2({
    cluster,
    able,
    client,
    options: { nodeName: 'node1', namespace: 'fairlead-system' },
    respond: bytes => {
      keys.push(bytes)
      const responder = new FakeResponder()
      responders.push(responder)
      return responder
    },
    readLinks: async () => {
      read += 1
      const routes = 'Iface\neth0\t00003E0A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n'
      return { dev: '\n\nlo: 1\neth0: 1\n', route: routes, ipv6Route: '' }
    },
    log: pino({ level: 'debug' }, log),
    stop,
  }).subscribe({ error: error => t.fail(String(error)), complete: () => (ended = true) })
  t.teardown(() => subscription.unsubscribe())
  return {
    cluster,
    able,
    stop,
    responders,
    keys,
    applied,
    logged,
    asked: () => asked,
    read: () => read,
    ended: () => ended,
  }
}

async function until(t: ExecutionContext, what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!isSo()) {
    if (performance.now() > deadline) return t.fail(`not within 10 s: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

const pause = () => new Promise(resolve => setTimeout(resolve, 100))
const withoutEip = scene({ addresses: [], eip: { protocol: 'bgp' } })
const withoutAny = scene({ addresses: [] })
const withOne = scene({ addresses: [address] })

test('nothing is started, asked for or read while no Eip asks for layer 2; then it ends at once', async t => {
  const { cluster, stop, responders, asked, read, ended } = run(t)
  cluster.next(whole(withoutEip))
  await pause()
  t.deepEqual([responders.length, asked(), read()], [0, 0, 0])
  stop.next()
  t.true(ended())
})

test('25: as soon as an Eip asks for layer 2 it is there for the others, on the interfaces that it may need', async t => {
  const { cluster, responders } = run(t)
  cluster.next(whole(withoutEip))
  cluster.next(touching(withoutAny, { kinds: ['eips'] }))
  await until(t, 'told', () => responders[0]?.calls.includes('attend eth0') ?? false)
  cluster.next(touching(withoutEip, { kinds: ['eips'] }))
  t.is(responders[0]?.calls.at(-1), 'attend ')
})

test('28: until it is known that this node can forward it takes nothing; then it is told with every change', async t => {
  const { cluster, able, responders, keys } = run(t)
  cluster.next(whole(withoutAny))
  await until(t, 'there', () => responders[0]?.calls.includes('attend eth0') ?? false)
  cluster.next(touching(withOne, { virtualIPs: [address], services: ['default/s0'] }))
  await until(t, 'told', () => responders[0]?.vips.size === 1)
  t.deepEqual(responders[0]?.calls, ['able false', 'attend eth0', `update ${address}`])
  t.deepEqual(keys, [key])
  for (const can of [true, true, false]) able.next(can)
  t.deepEqual(responders[0]?.calls.slice(3), ['able true', 'able false'])
  cluster.next(touching(withOne, { services: ['default/s0'] }))
  cluster.next(touching(withoutAny, { virtualIPs: [address] }))
  t.deepEqual(responders[0]?.calls.slice(5), [`update ${address}`])
  t.is(responders[0]?.vips.size, 0)
})

test('26: stopped, it hands over before it ends', async t => {
  const { cluster, stop, responders, ended } = run(t)
  cluster.next(whole(withOne))
  await until(t, 'told', () => responders[0]?.vips.size === 1)
  stop.next()
  cluster.next(touching(withoutAny, { virtualIPs: [address] }))
  await until(t, 'ended', ended)
  t.deepEqual(responders[0]?.calls.slice(-2), ['leave', 'close'])
})

test('a responder that ends by itself is replaced by one that is told everything', async t => {
  const { cluster, able, responders } = run(t)
  able.next(true)
  cluster.next(whole(withOne))
  await until(t, 'told', () => responders[0]?.vips.size === 1)
  responders[0]?.events.error(new Error('a bug'))
  await until(t, 'told again', () => responders[1]?.vips.size === 1)
  t.deepEqual(responders[1]?.calls, ['able false', 'able true', 'attend eth0', `update ${address}`])
})

test('13: what is taken is told', async t => {
  const { cluster, responders, applied } = run(t)
  cluster.next(whole(withOne))
  await until(t, 'started', () => responders[0]?.vips.size === 1)
  const event = {
    type: 'owned',
    address,
    interface: 'eth0',
    epoch: 1,
    cause: 'Vacant',
    mac: '02:00:00:00:00:01',
  } as const
  responders[0]?.events.next(event)
  await until(t, 'told', () => applied.length === 1)
  t.like(applied[0]?.status.owners?.[0], { interface: 'eth0', node: 'node1', epoch: 1 })
})

test('29: links that may be others are read again', async t => {
  const { cluster, responders, read } = run(t)
  cluster.next(whole(withOne))
  await until(t, 'started', () => responders[0]?.vips.size === 1)
  const before = read()
  responders[0]?.events.next({ type: 'linksChanged' })
  await until(t, 'read again', () => read() > before)
  t.pass()
})

test('12: as long as there is no key, the first candidate says so on the address', async t => {
  const { cluster, applied } = run(t, [notFound()])
  cluster.next(whole(scene({ addresses: [address], nodes: [node('node1')] })))
  await until(t, 'told', () => applied.length > 0)
  t.like(applied[0]?.status.conditions?.[0], { reason: 'KeyUnusable' })
})

test('12, 38: without NET_RAW the first candidate says so on the address, the log does, and nothing is started again and again', async t => {
  const { cluster, responders, applied, logged } = run(t)
  cluster.next(whole(scene({ addresses: [address], nodes: [node('node1')] })))
  await until(t, 'started', () => responders.length === 1)
  responders[0]?.events.next({ type: 'link', interface: 'eth0', state: 'forbidden' })
  responders[0]?.events.next({ type: 'link', interface: 'eth9', state: 'missing' })
  await until(t, 'told', () => applied.length > 0)
  t.like(applied[0]?.status.conditions?.[0], {
    reason: 'CapabilityMissing',
    message: 'The speaker of node node1 has not the capability NET_RAW.',
  })
  t.true(logged.some(line => line.includes('CAP_NET_RAW is missing')))
  t.is(responders.length, 1)
})

const unusable: readonly [title: string, answer: Secret | Error][] = [
  ['that is not there', notFound()],
  ['without a key', secret(undefined)],
  ['with a key that is too short', secret({ key: Buffer.alloc(31, 7).toString('base64') })],
]
for (const [title, answer] of unusable) {
  test(`35: a Secret ${title} is told, never what it holds, and looked at until it is right`, async t => {
    const { cluster, responders, logged } = run(t, [answer, answer, secret({ key: key.toString('base64') })])
    cluster.next(whole(withOne))
    await until(t, 'started', () => responders.length === 1)
    t.deepEqual(responders[0]?.calls[0], 'able false')
    const said = logged.join('')
    t.regex(said, /KeyUnusable/)
    t.notRegex(said, /BwcH/)
  })
}
