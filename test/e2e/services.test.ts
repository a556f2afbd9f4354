/**
 * What Kubernetes' own end-to-end tests ask of a load balancer (test/e2e/network/loadbalancer.go), by BGP and in layer 2,
 * with traffic.
 */
import { join } from 'node:path'
import test from 'ava'
import type { NodeName } from '../../hack/lab/addresses.ts'
import { at } from '../../hack/lab/lab.ts'
import { LoadClient } from '../../hack/lab/load.ts'
import { proxyHealth } from '../../hack/lab/nodes.ts'
import { removePod, runPods, terminatePod } from '../../hack/lab/pods.ts'
import { annotations } from '../../src/api/names.ts'
import type { Service } from '../../src/kube/objects.ts'
import { segmentPool } from './segment.ts'
import { type Answer, bgpConf, bgpPeer, eip, eventually, loadBalancer, scenario } from './support.ts'

const modes = ['bgp', 'layer2'] as const
type Mode = (typeof modes)[number]

// In the mode iptables a Service's first endpoint on a node takes effect in one table after the other: a packet that comes
// between them is not dropped, nor sent to the pod, but back to the router.
const scene = scenario(
  test,
  { name: 'e2e-services', kubeProxy: 'nftables' },
  eip('bgp', { address: '10.66.0.0/24' }),
  segmentPool('layer2', { autoAssign: false }),
  bgpConf(),
  bgpPeer(),
)
const client = '10.61.0.2'
const tcp = (port: number) => ({ name: `tcp-${port}`, port, targetPort: 80, protocol: 'TCP' })
const udp = (port: number) => ({ name: `udp-${port}`, port, targetPort: 80, protocol: 'UDP' })

const serviceOf = (mode: Mode, name: string, spec: object = {}, asks: Readonly<Record<string, string>> = {}) =>
  loadBalancer(
    `${name}-${mode}`,
    { selector: { app: name }, ...spec },
    { annotations: { ...asks, [annotations.eip]: mode } },
  )

const askUdp = async (address: string, port: number): Promise<Answer> => {
  const program = join(import.meta.dirname, '../../hack/lab/udp-client.ts')
  return JSON.parse(await at(scene.lab, 'client', [process.execPath, program, address, `${port}`])) as Answer
}

const succeeds = (asking: Promise<unknown>): Promise<boolean> =>
  asking.then(
    () => true,
    () => false,
  )

/** Waits until a port is served; resolves to the last of some answers in a row. */
async function served(protocol: 'TCP' | 'UDP', address: string, port: number): Promise<Answer> {
  const ask = () => (protocol === 'TCP' ? scene.request(address, port) : askUdp(address, port))
  const answers = await eventually(
    `${address} is served on ${port}/${protocol}`,
    async () => [await ask().catch(() => undefined), await ask().catch(() => undefined)],
    all => all.every(answer => answer !== undefined),
    30_000,
  )
  return answers.at(-1) as Answer
}

/**
 * Waits until this node serves a port, and no other: some node's kube-proxy may know, for a moment, only whose address it was before.
 *
 * @param seen the address that the node sees the client by; absent: any
 */
async function servedBy(node: NodeName, protocol: 'TCP' | 'UDP', address: string, port: number, seen?: string) {
  const isSo = (answer: Answer) => answer.node === node && (seen === undefined || answer.client === seen)
  await eventually(`${node} serves ${address} on ${port}/${protocol}`, () => served(protocol, address, port), isSo)
}

const silent = (protocol: 'TCP' | 'UDP', address: string, port: number) =>
  eventually(
    `${address} is not served on ${port}/${protocol}`,
    () => succeeds(protocol === 'TCP' ? scene.request(address, port) : askUdp(address, port)),
    answered => !answered,
  )

const released = (address: string) =>
  eventually(
    `${address} is free`,
    () => scene.virtualIP(address),
    vip => vip === undefined || vip.spec.services.length === 0,
  )

for (const mode of modes) {
  test.serial(`34: ${mode}: type and ports change, TCP and UDP on one address`, async t => {
    const name = `mutable-${mode}`
    await runPods(scene.lab, name, ['node1', 'node2'])
    const both = { selector: { app: name }, ports: [tcp(80), udp(80)] }
    await scene.apply(serviceOf(mode, 'mutable', { ...both, type: 'ClusterIP' }))
    await scene.patch('service', name, { spec: { type: 'LoadBalancer' } })
    const address = await scene.address(name)
    const service = await scene.service(name)
    t.deepEqual(service?.status?.loadBalancer?.ingress, [{ ip: address, ipMode: 'VIP' }])
    await served('TCP', address, 80)
    await served('UDP', address, 80)

    await scene.patch('service', name, { spec: { ports: [tcp(8080), udp(8053)] } })
    await served('TCP', address, 8080)
    await served('UDP', address, 8053)
    await silent('TCP', address, 80)
    t.deepEqual(await scene.addresses(name), [address])

    await scene.patch('service', name, { spec: { type: 'NodePort' } })
    await released(address)
    await silent('TCP', address, 8080)
    t.deepEqual((await scene.service(name))?.status?.loadBalancer, {})
    await scene.patch('service', name, { spec: { type: 'LoadBalancer' } })
    await served('TCP', await scene.address(name), 8080)
    await scene.patch('service', name, { spec: { type: 'ClusterIP', ports: [tcp(80)] } })
    await released(address)
    await silent('TCP', address, 8080)
  })

  test.serial(
    `34: ${mode}: Local keeps the client’s address, and the node’s health says where it is served`,
    async t => {
      const name = `local-${mode}`
      await runPods(scene.lab, name, ['node2'])
      const local = { selector: { app: name }, ports: [tcp(80), udp(80)], externalTrafficPolicy: 'Local' }
      await scene.apply(serviceOf(mode, 'local', local))
      const address = await scene.address(name)
      for (const protocol of ['TCP', 'UDP'] as const) await servedBy('node2', protocol, address, 80, client)
      const { healthCheckNodePort } =
        ((await scene.service(name))?.spec as { healthCheckNodePort?: number } | undefined) ?? {}
      const health = (node: NodeName) => {
        const url = new URL(proxyHealth(node))
        url.port = `${healthCheckNodePort}`
        return at(scene.lab, 'router', ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', url.href])
      }
      t.deepEqual([await health('node1'), await health('node2')], ['503', '200'])

      await scene.patch('service', name, { spec: { externalTrafficPolicy: 'Cluster' } })
      await eventually(
        'the client is hidden',
        () => scene.requests(address, 8),
        all => all.some(({ answer }) => answer !== undefined && answer.client !== client),
      )
      await scene.patch('service', name, { spec: { externalTrafficPolicy: 'Local' } })
      await eventually(
        'the client is seen again',
        () => scene.requests(address, 8),
        all => all.every(({ answer }) => answer?.client === client && answer.node === 'node2'),
      )
      t.deepEqual(await scene.addresses(name), [address])
    },
  )

  test.serial(`34: ${mode}: source ranges keep others out`, async t => {
    const name = `ranged-${mode}`
    await runPods(scene.lab, name, ['node1', 'node3'])
    await scene.apply(serviceOf(mode, 'ranged', { selector: { app: name }, allocateLoadBalancerNodePorts: false }))
    const address = await scene.address(name)
    await served('TCP', address, 80)
    const ports = (await scene.service(name))?.spec.ports as readonly { readonly nodePort?: number }[]
    t.deepEqual(
      ports.flatMap(({ nodePort }) => nodePort ?? []),
      [],
      'it takes no node ports',
    )
    await scene.patch('service', name, { spec: { loadBalancerSourceRanges: ['192.0.2.0/24'] } })
    await silent('TCP', address, 80)
    await scene.patch('service', name, { spec: { loadBalancerSourceRanges: [`${client}/32`] } })
    await served('TCP', address, 80)
    await scene.kubectl('delete', 'service', name)
  })

  test.serial(`8: ${mode}: TCP 80 and UDP 53 of two Services on one address; one loses its endpoints`, async t => {
    const [web, dns] = [`web-${mode}`, `dns-${mode}`]
    const key = { [annotations.allowSharedIp]: `pair-${mode}` }
    const pods = await runPods(scene.lab, web, ['node1'])
    await runPods(scene.lab, dns, ['node3'])
    await scene.apply(serviceOf(mode, 'web', { selector: { app: web }, ports: [tcp(80)] }, key))
    const address = await scene.address(web)
    await scene.apply(
      serviceOf(mode, 'dns', { selector: { app: dns }, ports: [udp(53)], loadBalancerIP: address }, key),
    )
    t.is(await scene.address(dns), address)
    await servedBy('node1', 'TCP', address, 80)
    await servedBy('node3', 'UDP', address, 53)

    for (const pod of pods) await removePod(scene.lab, pod)
    await silent('TCP', address, 80)
    t.is((await served('UDP', address, 53)).node, 'node3')
    await scene.told(web, 'Announced', 'NoEndpoints')
    await scene.told(dns, 'Announced', 'Announced')
    await scene.kubectl('delete', 'service', dns)
    await silent('UDP', address, 53)
    await scene.kubectl('delete', 'service', web)
  })

  test.serial(`8: ${mode}: two Local Services on one address are where their pods are`, async t => {
    const app = `both-${mode}`
    const key = { [annotations.allowSharedIp]: app }
    const local = { selector: { app }, externalTrafficPolicy: 'Local' }
    const [pod = ''] = await runPods(scene.lab, app, ['node2'])
    await scene.apply(
      serviceOf(mode, 'both-tcp', { ...local, ports: [tcp(80)] }, key),
      serviceOf(mode, 'both-udp', { ...local, ports: [udp(80)] }, key),
    )
    const address = await scene.address(`both-tcp-${mode}`)
    t.is(await scene.address(`both-udp-${mode}`), address)
    for (const protocol of ['TCP', 'UDP'] as const) await servedBy('node2', protocol, address, 80, client)
    await runPods(scene.lab, app, ['node3'])
    await removePod(scene.lab, pod)
    for (const protocol of ['TCP', 'UDP'] as const) await servedBy('node3', protocol, address, 80, client)
    await scene.kubectl('delete', 'service', `both-tcp-${mode}`, `both-udp-${mode}`)
  })
}

test.serial('34: layer2: session affinity keeps a client at one pod', async t => {
  await runPods(scene.lab, 'sticky')
  const spec = { selector: { app: 'sticky' }, sessionAffinity: 'ClientIP' }
  await scene.apply(serviceOf('layer2', 'sticky', spec))
  const address = await scene.address('sticky-layer2')
  const servers = async () => new Set((await scene.requests(address, 15)).map(({ answer }) => answer?.node))
  const one = await eventually('one pod serves all requests', servers, all => all.size === 1 && !all.has(undefined))
  t.deepEqual(await servers(), one)
  await scene.patch('service', 'sticky-layer2', { spec: { sessionAffinity: 'None' } })
  await eventually('others serve as well', servers, all => all.size > 1)
})

test.serial(
  '34: pods are replaced one after the other: no new connection fails, by either policy, in either mode',
  async t => {
    const selector = { app: 'rolling' }
    const kinds = modes.flatMap(mode =>
      (['Cluster', 'Local'] as const).map(externalTrafficPolicy => {
        const service = serviceOf(mode, `rolling-${externalTrafficPolicy.toLowerCase()}`, {
          selector,
          externalTrafficPolicy,
        })
        return service
      }),
    )
    await runPods(scene.lab, 'rolling', ['node1', 'node2'])
    await scene.apply(...kinds)
    const addresses = await Promise.all(kinds.map(({ metadata }) => scene.address(metadata.name)))
    for (const address of addresses) await scene.served(address)
    const load = await LoadClient.start(scene.lab, 0, addresses)
    const nodes = ['node1', 'node2', 'node3'] as const
    for (let round = 0; round < 3; round++) {
      const [goes, comes] = [nodes[round % 3] as NodeName, nodes[(round + 2) % 3] as NodeName]
      await runPods(scene.lab, 'rolling', [comes])
      await pass(1_000)
      await terminatePod(scene.lab, `rolling-${goes}`)
      // For so long at least a pod that ends goes on serving, as `preStop` and terminationGracePeriodSeconds let it.
      await pass(2_000)
      await removePod(scene.lab, `rolling-${goes}`)
    }
    await pass(1_000)
    const { opened, failed } = await load.lap()
    t.log(`${opened} connections, ${failed.length} failed`)
    t.true(opened > 200)
    t.deepEqual(failed, [])
  },
)

test.serial(
  '34: a Service that somebody else’s finalizer keeps has no address; the finalizer is left to them',
  async t => {
    const cleanup = 'service.kubernetes.io/load-balancer-cleanup'
    await scene.apply(eip('single', { address: '10.66.9.1', autoAssign: false }))
    const asks = { [annotations.eip]: 'single' }
    await scene.apply(loadBalancer('leaving', {}, { annotations: asks, finalizers: [cleanup] }))
    const address = await scene.address('leaving')
    await scene.apply(loadBalancer('next', {}, { annotations: asks }))
    await scene.told('next', 'Allocated', 'PoolExhausted')
    await scene.kubectl('delete', 'service', 'leaving', '--wait=false')
    t.is(await scene.address('next'), address)
    const left = await eventually(
      'nothing is told on it any more',
      () => scene.service('leaving'),
      service => service?.status?.loadBalancer?.ingress === undefined && !service?.status?.conditions?.length,
    )
    t.deepEqual((left as Service).metadata.finalizers, [cleanup])
    await scene.patch('service', 'leaving', { metadata: { finalizers: null } })
    t.is(await scene.service('leaving'), undefined)
  },
)

const pass = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))
