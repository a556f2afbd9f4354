/** Clocks that jump, at the leader and at a node that announces and answers: nothing that counts goes by the time of day. */
import test from 'ava'
import { setClock } from '../../hack/lab/clocks.ts'
import { killPart, startPart } from '../../hack/lab/parts.ts'
import { annotations, systemNamespace } from '../../src/api/names.ts'
import type { VirtualIP } from '../../src/api/virtualip.ts'
import type { Lease } from '../../src/kube/objects.ts'
import { losses, RouteWatch } from './routes.ts'
import { inTime, onSegment } from './segment.ts'
import { bgpConf, bgpPeer, eip, eventually, loadBalancer } from './support.ts'

const HOUR = 3_600_000
const nodes = ['node1', 'node2'] as const
const routedPool = eip('routed', { address: '10.66.0.0/24', autoAssign: false })
const segment = onSegment(test, { name: 'e2e-clock', nodes: 2, clocks: true }, routedPool, bgpConf(), bgpPeer())
const { scene } = segment

const asking = (name: string, asks: Readonly<Record<string, string>> = {}) =>
  loadBalancer(name, { selector: { app: 'web' } }, { annotations: { [annotations.eip]: 'routed', ...asks } })
const leases = () => scene.get<Lease>('lease', 'fairlead-controller', systemNamespace)

/** Addresses that are kept from everybody, for the sake of a speaker that is taken to be silent. */
async function held(): Promise<readonly string[]> {
  const { items } = JSON.parse(await scene.kubectl('get', 'virtualip', '-o', 'json')) as { items: readonly VirtualIP[] }
  return items.filter(({ spec }) => spec.held !== undefined).map(({ spec }) => spec.address)
}

let routed = ''

test.serial('16, 25: addresses are announced and answered for', async t => {
  await segment.serve(6, 20)
  await scene.apply(asking('web'))
  routed = await scene.address('web')
  await scene.routed(routed, ...nodes)
  await scene.served(routed)
  t.pass()
})

for (const [what, ahead] of [
  ['an hour forwards', HOUR],
  ['from an hour ahead to an hour behind', -HOUR],
] as const) {
  test.serial(`clocks jump ${what}: who leads, announces and answers stays, and addresses come and go`, async t => {
    const leader = (await scene.leader()) ?? 'controller1'
    const lease = await leases()
    const before = await segment.standing()
    const { node } = await segment.someOwner()
    const watch = await RouteWatch.start(scene.lab)
    for (const manager of [leader, node]) setClock(scene.lab, manager, ahead)

    const own = { [annotations.address]: '10.66.0.200' }
    await scene.apply(asking('first', own))
    await scene.address('first')
    await eventually(
      'the node renews its Lease by its own clock',
      () => scene.get<Lease>('lease', `fairlead-speaker-${node}`, systemNamespace),
      found => Math.abs(Date.parse(found?.spec?.renewTime ?? '') - Date.now() - ahead) < HOUR / 2,
    )
    await scene.kubectl('delete', 'service', 'first')
    await scene.apply(asking('second', own))
    t.is(await scene.address('second'), own[annotations.address])
    await scene.kubectl('delete', 'service', 'second')
    // The others look at Leases every 2 s.
    await new Promise(resolve => setTimeout(resolve, 5_000))

    t.is(await scene.leader(), leader)
    t.is((await leases())?.spec?.leaseTransitions, lease?.spec?.leaseTransitions)
    t.deepEqual(await held(), [])
    t.deepEqual(losses(await watch.stop(routed)), [])
    // What it has logged since is of then, by a clock that is behind.
    await segment.unmoved(t, { ...before, at: before.at + Math.min(ahead, 0) })
  })
}

test.serial(
  '27: a manager that starts with its clock an hour behind what it was takes part like any other',
  async t => {
    const { node } = await segment.someOwner()
    const other = nodes.find(name => name !== node) ?? 'node1'
    setClock(scene.lab, node, -HOUR)
    await killPart(scene.lab, node, 'manager', 'SIGKILL')
    await segment.answeredWithout(node)
    await startPart(scene.lab, node, 'manager')
    // It begins to take part.
    await new Promise(resolve => setTimeout(resolve, 4_000))
    await segment.lookAway()
    await scene.kubectl('annotate', 'node', other, `${annotations.drain}=`)
    await segment.answeredWithout(other)
    await scene.kubectl('annotate', 'node', other, `${annotations.drain}-`)
    inTime(t, await segment.seen(t, 'what it was given'))
    await segment.recordedAsAnswered()
  },
)
