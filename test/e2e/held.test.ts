/** A Service is deleted while every speaker's manager is dead, and their gobgpds announce its address. */
import { join } from 'node:path'
import test from 'ava'
import { type NodeName, namespaceOf } from '../../hack/lab/addresses.ts'
import { speakerCommand } from '../../hack/lab/nodes.ts'
import { isRunningPart, killPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { start, stop } from '../../hack/lab/processes.ts'
import { logDirectory } from '../../hack/lab/state.ts'
import { annotations, speakerLease, systemNamespace, taints } from '../../src/api/names.ts'
import type { Lease } from '../../src/kube/objects.ts'
import { always, bgpConf, bgpPeer, eip, eventually, loadBalancer, scenario } from './support.ts'

const address = '10.66.0.1'
const scene = scenario(test, { name: 'e2e-held' }, eip('pool', { address }), bgpConf(), bgpPeer())

/** Longer than a speaker that is alive ever takes to renew its Lease, and a controller to notice (milliseconds). */
const SILENCE = 12_000

const local = { externalTrafficPolicy: 'Local' }
const announces = async (node: NodeName) => (await scene.rib(node)).has(`${address}/32`)

/** A manager of node1 whose gobgpd is to go on without it for some seconds only. */
async function shortLived() {
  const { lab } = scene
  await killPart(lab, 'node1', 'manager')
  const manager = await start({
    name: 'node1.manager.short',
    argv: [...speakerCommand(lab, 'node1'), '--fail-static=20'],
    log: join(logDirectory(lab), 'node1.manager.short.log'),
    namespace: namespaceOf(lab.name, 'node1'),
  })
  await eventually(
    'its Lease says so',
    () => leaseOf('node1'),
    lease => lease?.metadata.annotations?.[annotations.failStatic] === '20',
  )
  return manager
}

const leaseOf = (node: string) => scene.get<Lease>('lease', speakerLease(node), systemNamespace)

/** Who the ledger says has the address; in brackets the nodes for which it is held. */
async function holder(): Promise<string> {
  const { services = [], held } = (await scene.virtualIP(address))?.spec ?? {}
  return held === undefined ? services.map(({ name }) => name).join() : `(${held.nodes.join()})`
}

async function renewedAt(node: string): Promise<number> {
  return Date.parse((await leaseOf(node))?.spec?.renewTime ?? '')
}

test.serial(
  '7: an address that silent speakers announce is not given; 11, 13, 14: everybody concerned says so',
  async t => {
    await scene.apply(loadBalancer('web', local))
    await runPods(scene.lab, 'web')
    t.is(await scene.address('web'), address)
    await scene.routed(address, 'node1', 'node2', 'node3')
    const manager = await shortLived()
    for (const node of ['node2', 'node3'] as const) {
      await eventually(`${node} has a Lease`, () => renewedAt(node), Number.isFinite)
      await killPart(scene.lab, node, 'manager', 'SIGKILL')
    }
    await stop(manager, 'SIGKILL')
    await eventually(
      'all have been silent for a while',
      async () => Math.max(...(await Promise.all(['node1', 'node2', 'node3'].map(renewedAt)))),
      last => Date.now() - last > SILENCE,
      30_000,
    )

    await scene.apply(loadBalancer('waits', local))
    await scene.told('waits', 'Allocated', 'PoolExhausted')
    await scene.kubectl('delete', 'service', 'web')
    await eventually('it is held', holder, found => found === '(node1,node2,node3)')
    t.true((await announces('node2')) && (await announces('node3')))

    const told = await eventually(
      'the VirtualIP says so',
      () => scene.virtualIP(address),
      virtualIP => virtualIP?.status?.announcedBy === 'possibly node1, node2, node3',
    )
    t.like(told?.status?.conditions?.[0], { status: 'Unknown', reason: 'Held' })
    const waiting = await eventually(
      'so does who waits',
      () => scene.condition('waits', 'Allocated'),
      condition => condition?.message.includes('held') === true,
    )
    t.regex(waiting?.message ?? '', /node1, node2, node3/)
    await eventually(
      'so does the Eip',
      async () => (await scene.eip('pool'))?.status,
      status => status?.used?.[address] === 'default/web (held)' && status.usage === 1,
    )
  },
)

test.serial('7: it stays held when the leader is killed and another one leads', async t => {
  const killed = (await scene.leader()) ?? 'controller1'
  await killPart(scene.lab, 'control', killed, 'SIGKILL')
  await eventually(
    'another one leads',
    () => scene.leader(),
    leader => leader !== undefined && leader !== killed,
    40_000,
  )
  // Whoever leads has worked through everything when this one is told that there is nothing left.
  await scene.apply(loadBalancer('younger'))
  await scene.told('younger', 'Allocated', 'PoolExhausted')
  await always('it is held', holder, found => found === '(node1,node2,node3)', 3_000)
  await startPart(scene.lab, 'control', killed)
  t.true((await announces('node2')) && (await announces('node3')))
})

test.serial('7: a node that is off, and said to be, is not waited for; the others are', async t => {
  await killPart(scene.lab, 'node3', 'gobgpd', 'SIGKILL')
  await scene.kubectl('taint', 'node', 'node3', `${taints.outOfService}=nodeshutdown:NoExecute`)
  await eventually(
    'it is not waited for',
    async () => (await scene.virtualIP(address))?.status?.announcedBy,
    announcedBy => announcedBy?.startsWith('possibly ') === true && !announcedBy.includes('node3'),
  )
  t.is(await holder(), '(node1,node2,node3)')
})

test.serial('7: a manager that stays dead is not waited for when what it announced has ended by itself', async t => {
  await eventually(
    'only node2 is waited for',
    async () => (await scene.virtualIP(address))?.status?.announcedBy,
    announcedBy => announcedBy === 'possibly node2',
    120_000,
  )
  t.false(isRunningPart(scene.lab, 'node1', 'gobgpd'))
  t.true(await announces('node2'))
})

test.serial('7: it is given once the speaker is back and has withdrawn it, to who has waited longest', async t => {
  await startPart(scene.lab, 'node2', 'manager')
  const violations: string[] = []
  await eventually(
    'it is given',
    async () => {
      const found = await holder()
      if (!found.startsWith('(') && (await announces('node2'))) violations.push(found)
      return found
    },
    found => found === 'waits',
    60_000,
  )
  t.deepEqual(violations, [])
  await scene.routed(address)
  t.is(await scene.address('waits'), address)
})
