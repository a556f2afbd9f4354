/** Who owns a VIP in layer 2: as clients, arping, ndisc6 and kernels see it; by which nodes, on which interfaces, and beside strangers. */
import test from 'ava'
import { type NodeName, nodeMac, nodeNumber, nodeOfMac, routerAddress } from '../../hack/lab/addresses.ts'
import { at } from '../../hack/lab/lab.ts'
import { runPods, setReady } from '../../hack/lab/pods.ts'
import { addEthernet, deleteEthernet, renameEthernet } from '../../hack/lab/segment/ethernets.ts'
import { neighbours } from '../../hack/lab/segment/neighbours.ts'
import { giveAddressUp, takeAddress } from '../../hack/lab/segment/strangers.ts'
import { labels } from '../../src/api/names.ts'
import { inTime, onSegment, segmentPool } from './segment.ts'
import { always, bothFamilies, eventually, loadBalancer } from './support.ts'

const segment = onSegment(test, { name: 'e2e-layer2' })
const { scene } = segment
const nodes = ['node1', 'node2', 'node3'] as const

const pass = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

/** A VIP on the network of the nodes' second interfaces. */
const second = '10.62.2.4'

/** The MAC addresses that answer arping or ndisc6: the neighbour's, and the router's on the second network. */
async function answering(address: string): Promise<readonly string[]> {
  const arping = ['arping', '-c', '2', '-W', '0.1', address]
  const neighbour = address.includes(':')
    ? ['ndisc6', '-r', '1', '-w', '300', '-m', address, 'eth0']
    : [...arping, '-i', 'eth0']
  const ask =
    address === second
      ? at(scene.lab, 'router', [...arping, '-i', 'br1', '-S', routerAddress.v4])
      : at(scene.lab, 'neighbour', neighbour)
  const text = await ask.catch(() => '')
  return [...new Set(text.match(/(?:[\da-f]{2}:){5}[\da-f]{2}/gi)?.map(mac => mac.toLowerCase()) ?? [])]
}

/** Waits until one of these nodes, and nobody else, answers for an address; resolves to its name. */
async function answeredBy(address: string, ...by: readonly NodeName[]): Promise<NodeName> {
  const found = await eventually(
    `${address} is answered by ${by.join(' or ')}`,
    () => answering(address),
    macs => macs.length === 1 && macs.every(mac => by.some(node => node === nodeOfMac(mac))),
  )
  return nodeOfMac(found[0] ?? '') as NodeName
}

const unanswered = (address: string) =>
  eventually(
    `nobody answers for ${address}`,
    () => answering(address),
    macs => macs.length === 0,
  )

test.serial('25: arping, ndisc6, kernels and clients find the owner that the status names', async t => {
  await segment.serve(2, 20)
  await segment.recordedAsAnswered()
  const owners = await segment.answered()
  for (const [address, node] of owners) {
    t.deepEqual(await answering(address), [nodeMac(nodeNumber(node))])
    await eventually(
      'a client behind the router is served',
      () => scene.request(address).catch(() => undefined),
      answer => answer !== undefined,
    )
    t.true((await segment.served([address])) < 2_000)
    for (const place of ['neighbour', 'router'] as const) {
      t.is((await neighbours(scene.lab, place)).get(address)?.mac, nodeMac(nodeNumber(node)))
    }
    const [owner] = await segment.recorded(address)
    t.like(owner, { interface: 'eth0', node, mac: nodeMac(nodeNumber(node)), cause: 'Vacant' })
  }
})

test.serial('13: kubectl get vip names the owner, since when, and why', async t => {
  const [address = ''] = segment.addresses
  const node = (await segment.answered()).get(address)
  const seen = await eventually(
    'the table tells',
    () => scene.kubectl('get', 'vip', address, '-o', 'wide'),
    text => text.includes(`${node}`),
  )
  t.log(seen)
  t.regex(seen, /Vacant/)
})

test.serial('28: only nodes that the Eip selects, and that are not excluded, answer', async t => {
  const select = (nodeSelector: object | null) => scene.patch('eip', 'pool', { spec: { nodeSelector } })
  await segment.lookAway()
  await select({ matchLabels: { 'kubernetes.io/hostname': 'node2' } })
  await eventually(
    'node2 has all',
    () => segment.answered(),
    owners => owners.values().every(node => node === 'node2'),
  )
  const selected = await segment.seen(t, 'only node2 is selected')
  inTime(t, selected)
  await select(null)
  await scene.kubectl('label', 'node', 'node2', `${labels.excludeFromLoadBalancers}=`)
  await eventually(
    'node2 has none',
    () => segment.answered(),
    owners => !owners.values().some(node => node === 'node2'),
  )
  inTime(t, await segment.seen(t, 'node2 is excluded'))
  const before = await segment.standing()
  await scene.kubectl('label', 'node', 'node2', `${labels.excludeFromLoadBalancers}-`)
  await pass(1_500)
  await segment.unmoved(t, before)
})

test.serial(
  '13: metrics: what each node owns, is asked and answers, and how long those took that took over',
  async t => {
    const owners = await segment.answered()
    for (const node of nodes) {
      const seen = await scene.metrics(node)
      t.is(seen['fairlead_layer2_vips_owned'], [...owners.values()].filter(owner => owner === node).length, node)
      const replies = seen['fairlead_layer2_replies_total{protocol="arp"}'] ?? 0
      t.true(replies > 0 && replies <= (seen['fairlead_layer2_requests_total{protocol="arp"}'] ?? 0), node)
      for (const direction of ['sent', 'received']) {
        t.true((seen[`fairlead_layer2_heartbeats_total{direction="${direction}"}`] ?? 0) > 10, node)
      }
      t.is(seen['fairlead_layer2_frames_dropped_total{reason="BadHmac"}'], 0)
    }
    // It was given all that the others had.
    const taken = await scene.metrics('node2')
    const failovers = taken['fairlead_layer2_failover_duration_seconds_count'] ?? 0
    t.is(taken['fairlead_layer2_moves_total{move="owned",cause="OwnerLost"}'], failovers)
    t.true(failovers > 0)
  },
)

test.serial('28: Local: a node with a serving endpoint answers, and the pod sees the client', async t => {
  const local = { ...bothFamilies, externalTrafficPolicy: 'Local', selector: { app: 'local' } }
  await scene.apply(loadBalancer('local', local))
  const first = await scene.address('local')
  await pass(500)
  t.deepEqual(await answering(first), [])
  await runPods(scene.lab, 'local', ['node3', 'node1'])
  for (const address of await scene.addresses('local')) {
    const owner = await answeredBy(address, 'node1', 'node3')
    const answer = await eventually(
      'it is served',
      () => scene.request(address).catch(() => undefined),
      found => found !== undefined,
    )
    t.deepEqual(answer, { node: owner, client: address.includes(':') ? 'fd61::2' : '10.61.0.2' })
  }
  await setReady(scene.lab, 'local-node3', false)
  for (const address of await scene.addresses('local')) await answeredBy(address, 'node1')
})

test.serial('29: an interface by name, and by what it reaches; one that no node has', async t => {
  const pools = [
    segmentPool('named', { address: '10.62.2.1', addresses: [], interface: 'nic5,eth0', autoAssign: false }),
    segmentPool('reaching', {
      address: '10.62.2.2',
      addresses: [],
      interface: 'can_reach:10.62.0.1',
      autoAssign: false,
    }),
    segmentPool('nowhere', { address: '10.62.2.3', addresses: [], interface: 'nic9', autoAssign: false }),
  ]
  await scene.apply(...pools, ...['named', 'reaching', 'nowhere'].map(serviceOf))
  await answeredBy('10.62.2.1', ...nodes)
  await answeredBy('10.62.2.2', ...nodes)
  const told = await scene.told('nowhere', 'Announced', 'InterfaceNotFound')
  t.regex(told.message, /nic9/)
  t.deepEqual(await answering('10.62.2.3'), [])
})

/** A Service that takes its address from the Eip of its own name. */
const serviceOf = (name: string) =>
  loadBalancer(name, { selector: { app: 'web' } }, { annotations: { 'eip.openelb.kubesphere.io/v1alpha2': name } })

test.serial('29: an interface is deleted, made anew and renamed: the VIP follows, or goes to another node', async t => {
  await addEthernet(scene.lab, 'node1', 'nic7')
  await scene.apply(
    segmentPool('second', { address: second, addresses: [], interface: 'nic7', autoAssign: false }),
    serviceOf('second'),
  )
  await answeredBy(second, 'node1')
  t.deepEqual(await answering(second), [nodeMac(1, 1)])
  await addEthernet(scene.lab, 'node2', 'nic7')
  await always(
    'a second candidate moves nothing',
    () => answering(second),
    macs => macs.join() === nodeMac(1, 1),
    1_500,
  )
  await deleteEthernet(scene.lab, 'node1')
  await answeredBy(second, 'node2')
  await addEthernet(scene.lab, 'node1', 'nic7')
  await pass(1_500)
  await renameEthernet(scene.lab, 'node2', 'nic7', 'nic8')
  await answeredBy(second, 'node1')
  await deleteEthernet(scene.lab, 'node1')
  await unanswered(second)
  await renameEthernet(scene.lab, 'node2', 'nic8', 'nic7')
  await answeredBy(second, 'node2')
})

test.serial(
  '30: a stranger has the address before the first announcement: told, and left alone until he is gone',
  async t => {
    const stranger = await macOfStranger()
    for (const address of ['10.62.3.1', 'fd62::3:1']) {
      const name = address.includes(':') ? 'taken6' : 'taken4'
      const families = address.includes(':') ? { ipFamilies: ['IPv6'] } : {}
      await takeAddress(scene.lab, address)
      const service = serviceOf(name)
      await scene.apply(segmentPool(name, { address, addresses: [], autoAssign: false }), {
        ...service,
        spec: { ...service.spec, ...families },
      })
      const told = await scene.told(name, 'Announced', 'AddressConflict')
      t.regex(told.message, new RegExp(stranger))
      t.deepEqual(await answering(address), [stranger])
      await giveAddressUp(scene.lab, address)
      await answeredBy(address, ...nodes)
      await scene.told(name, 'Announced', 'Announced')
    }
  },
)

test.serial('30: a stranger takes an address that is announced: told, not fought', async t => {
  const stranger = await macOfStranger()
  const [address = ''] = segment.addresses
  const before = await segment.standing()
  await takeAddress(scene.lab, address)
  await at(scene.lab, 'control', ['arping', '-U', '-c', '2', '-i', 'eth0', '-S', address, address]).catch(() => '')
  const conflict = await eventually(
    'the VirtualIP tells',
    async () => (await scene.virtualIP(address))?.status?.conditions,
    conditions =>
      conditions?.some(({ type, status }) => type === 'fairlead.dev/AddressConflict' && status === 'True') === true,
  )
  t.regex(JSON.stringify(conflict), new RegExp(stranger))
  await segment.unmoved(t, before)
  await giveAddressUp(scene.lab, address)
})

const macOfStranger = async (): Promise<string> =>
  (await at(scene.lab, 'control', ['cat', '/sys/class/net/eth0/address'])).trim()
