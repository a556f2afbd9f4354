/** Many Services at once: with one or two, what is lost in part is not seen. */
import type { ExecutionContext } from 'ava'
import { withClient } from '../../hack/lab/cluster.ts'
import { services } from '../../src/kube/resources.ts'
import { slots } from '../../src/streams/slots.ts'
import { bothFamilies, eventually, loadBalancer, type Scenario } from './support.ts'

/**
 * Makes Services of both families, all for the pods of one app; the traffic policy of every other one is Local.
 *
 * @returns the addresses of each policy, once the router has a route to every one of them
 */
async function manyServices(scene: Scenario, app: string, count: number) {
  const specs = Array.from({ length: count }, (_, index) => {
    const externalTrafficPolicy = index % 2 === 0 ? 'Cluster' : 'Local'
    const spec = { ...bothFamilies, externalTrafficPolicy, selector: { app }, allocateLoadBalancerNodePorts: false }
    return loadBalancer(`${app}-${index}`, spec)
  })
  const found = await withClient(scene.lab, async client => {
    const atATime = slots(4)
    await Promise.all(specs.map(service => atATime(() => client.create(services, service))))
    return eventually(
      `${count} Services have their addresses`,
      async () =>
        (await client.list(services, { namespace: 'default' })).items.filter(({ metadata }) =>
          metadata.name.startsWith(`${app}-`),
        ),
      all => all.every(({ status }) => status?.loadBalancer?.ingress?.length === 2),
      60_000,
    )
  })
  const of = (policy: string) =>
    found
      .filter(({ spec }) => spec.externalTrafficPolicy === policy)
      .flatMap(({ status }) => status?.loadBalancer?.ingress?.flatMap(({ ip }) => ip ?? []) ?? [])
  const given = { cluster: of('Cluster'), local: of('Local') }
  const all = new Set([...given.cluster, ...given.local])
  await eventually(
    'the router has a route to every address',
    async () => all.difference(await scene.fib()).size,
    missing => missing === 0,
    60_000,
  )
  return given
}

/**
 * Many Services, announced by all of these nodes.
 *
 * @returns a few of their addresses, of both policies, which are served
 */
export async function manyServed(
  t: ExecutionContext,
  scene: Scenario,
  app: string,
  count: number,
  nodes: readonly string[],
): Promise<readonly string[]> {
  const { cluster, local } = await manyServices(scene, app, count)
  t.is(cluster.length + local.length, count * 2)
  const addresses = [...cluster.slice(0, 2), ...local.slice(0, 2)]
  for (const address of addresses) {
    await scene.routed(address, ...nodes)
    await scene.served(address)
  }
  return addresses
}
