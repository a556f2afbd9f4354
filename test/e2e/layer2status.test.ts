/** What layer 2 says in the API server, what that costs, and what it goes by there: the key, and preferred nodes. */
import test from 'ava'
import { quiet, writes, writesBetween } from '../../hack/bench/bgp/writes.ts'
import type { NodeName } from '../../hack/lab/addresses.ts'
import { killPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { conditionTypes } from '../../src/api/names.ts'
import type { VirtualIP } from '../../src/api/virtualip.ts'
import { explanation } from '../../src/cli/explain/shape.ts'
import type { KubeObject } from '../../src/kube/objects.ts'
import { bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

const key = (bytes: number) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'fairlead-layer2', namespace: 'fairlead-system' },
  data: { key: Buffer.alloc(bytes, 7).toString('base64') },
})

const pool = eip('pool', { address: '10.62.100.0/24', addresses: ['fd62::1:0/112'], protocol: 'layer2' })
const scene = scenario(test, { name: 'e2e-l2status' }, key(31), pool)
const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const

interface Listed<T> {
  readonly items: readonly T[]
}

const list = async <T extends KubeObject>(plural: string): Promise<readonly T[]> =>
  (JSON.parse(await scene.kubectl('get', plural, '-o', 'json')) as Listed<T>).items

/** The owner of each VIP by its record. */
async function owners(): Promise<ReadonlyMap<string, string | undefined>> {
  const vips = await list<VirtualIP>('virtualips')
  return new Map(vips.map(({ spec, status }) => [spec.address, status?.announcedBy || undefined]))
}

const owned = () =>
  eventually('every VIP has an owner', owners, found => [...found.values()].every(node => node !== undefined))

test.serial(
  '35: a key that cannot be used is told on the Service; deleted it is made anew, and the address is announced',
  async t => {
    for (const name of names) {
      await scene.apply(loadBalancer(name, { ...bothFamilies, selector: { app: 'web' } }))
    }
    await runPods(scene.lab, 'web')
    const { status, message } = await scene.told('a', 'Announced', 'KeyUnusable')
    t.is(status, 'False')
    t.regex(message, /fairlead-system\/fairlead-layer2 has a key of 31 bytes/)
    await scene.kubectl('delete', 'secret', 'fairlead-layer2', '-n', 'fairlead-system')
    for (const name of names) t.is((await scene.told(name, 'Announced', 'Announced')).status, 'True')
    t.is((await owned()).size, 2 * names.length)
  },
)

test.serial('13: fairlead explains who answers for an address in layer 2, and who would', async t => {
  const { addresses, pending } = explanation.parse(await scene.fairlead('explain', 'default/a'))
  const found = await owned()
  t.is(addresses.length, 2)
  for (const { address, nodes, owners: answering } of addresses) {
    const owner = found.get(address)
    t.deepEqual(
      nodes.map(({ node, reason }) => [node, reason]),
      ['node1', 'node2', 'node3'].map(node => [node, node === owner ? 'Owner' : 'Candidate']),
    )
    t.deepEqual(
      answering.map(({ node, interface: nic }) => [node, nic]),
      [[owner, 'eth0']],
    )
  }
  t.deepEqual(pending, [])
})

test.serial('13: an owner that dies costs a write for each address that it had, and coming back none', async t => {
  const had = await owned()
  const node = [...had.values()][0] as NodeName
  const moved = [...had].flatMap(([address, owner]) => (owner === node ? address : []))
  // What was said while there was no key is taken back only at the next look, up to ten seconds later.
  await eventually(
    'nobody says any more that it cannot answer',
    () => list<VirtualIP>('virtualips'),
    vips => !vips.some(({ status }) => status?.conditions?.some(({ type }) => type === conditionTypes.layer2Ready)),
  )
  await quiet(scene.lab)
  const before = await writes(scene.lab)
  await killPart(scene.lab, node, 'manager', 'SIGKILL')
  await eventually('others own what it had', owners, found => moved.every(address => found.get(address) !== node))
  await quiet(scene.lab)
  const after = await writes(scene.lab)
  t.deepEqual([...writesBetween(before, after)], [['APPLY virtualips/status', moved.length]])
  await startPart(scene.lab, node, 'manager')
  await new Promise(resolve => setTimeout(resolve, 3_000))
  await quiet(scene.lab)
  const back = writesBetween(after, await writes(scene.lab))
  t.is(back.get('APPLY virtualips/status'), undefined)
  t.is(back.get('APPLY services/status'), undefined)
})

test.serial('28: a node that its Eip prefers gets most of the addresses', async t => {
  await scene.kubectl('label', 'node', 'node2', 'site=edge')
  await scene.apply(
    eip('preferring', {
      address: '10.62.101.0/24',
      protocol: 'layer2',
      autoAssign: false,
      preferredNodes: [{ weight: 100, nodeSelector: { matchLabels: { site: 'edge' } } }],
    }),
  )
  const annotations = { 'eip.openelb.kubesphere.io/v1alpha2': 'preferring' }
  const placed = async (batch: string) => {
    const services = names.map(name => `${batch}-${name}`)
    for (const name of services) {
      await scene.apply(loadBalancer(name, { selector: { app: 'web' } }, { annotations }))
    }
    for (const name of services) await scene.told(name, 'Announced', 'Announced')
    await owned()
    const vips = (await list<VirtualIP>('virtualips')).filter(({ spec }) =>
      spec.services.some(({ name }) => services.includes(name)),
    )
    t.is(vips.length, names.length)
    return vips.map(({ spec, status }) => [spec.address, ...(status?.owners ?? [])] as const)
  }
  const most = (found: Awaited<ReturnType<typeof placed>>) =>
    found.filter(([, owner]) => owner?.node === 'node2').length >= names.length - 1
  const first = await placed('first')
  if (most(first)) return
  // Whoever stands still for a second, as the machine of the test sometimes does, is passed over: what comes then is theirs again.
  t.log(JSON.stringify(first))
  const second = await placed('second')
  t.true(most(second), JSON.stringify(second))
})

test.serial('28: by BGP, too, an address is announced only by the nodes that its Eip selects', async t => {
  const nodeSelector = { matchLabels: { site: 'edge' } }
  await scene.apply(bgpConf(), bgpPeer(), eip('selecting', { address: '10.66.0.1', autoAssign: false, nodeSelector }))
  const annotations = { 'eip.openelb.kubesphere.io/v1alpha2': 'selecting' }
  await scene.apply(loadBalancer('selected', { selector: { app: 'web' } }, { annotations }))
  await scene.routed('10.66.0.1', 'node2')
  await scene.kubectl('label', 'node', 'node3', 'site=edge')
  await scene.routed('10.66.0.1', 'node2', 'node3')
  t.is((await scene.told('selected', 'Announced', 'Announced')).status, 'True')
})
