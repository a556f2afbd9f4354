/** The other shapes as a user installs them, one after the other: each is up, serves, is asked before Eips are taken, and goes. */
import test from 'ava'
import { annotations, loadBalancerAnnotationValue } from '../../src/api/names.ts'
import { always, bgpConf, bgpPeer, eip, loadBalancer, scenario } from '../e2e/support.ts'
import { cluster, inSystem, leftBehind, manifests, PATIENCE_MS, rolledOut, taken } from './support.ts'
import { web, webService } from './web.ts'

const nodes = ['node1', 'node2'] as const
const pool = eip('pool', { address: '10.66.0.0/24' })
const annotated = { annotations: { [annotations.loadBalancer]: loadBalancerAnnotationValue } }
const services = [loadBalancer('annotated', webService, annotated), loadBalancer('plain', webService)]

const scene = scenario(test, { name: 'kubelet-shapes', ...cluster })

for (const { shape, workloads, served, waits } of [
  {
    shape: 'openelb',
    workloads: ['daemonset/fairlead-speaker', 'deployment/fairlead-controller'],
    served: ['annotated'],
    waits: ['plain'],
  },
  { shape: 'compact', workloads: ['deployment/fairlead-manager'], served: ['annotated', 'plain'], waits: [] },
] as const) {
  test.serial(`1, 4, 26: ${shape}: it is installed, and Services that are its to serve are routed to`, async t => {
    t.timeout(2 * PATIENCE_MS)
    await scene.kubectl('apply', '--server-side', '--kustomize', manifests(shape))
    for (const workload of workloads) await rolledOut(scene, workload, ...inSystem)
    await taken(scene, pool, bgpConf(), bgpPeer(), ...web, ...services)
    await rolledOut(scene, 'daemonset/web')
    t.regex(await scene.refused(eip('second', { address: '10.66.0.9' })), /spec\.address: 10\.66\.0\.9 overlaps/)
    for (const name of served) {
      const address = await scene.address(name)
      await scene.routed(address, ...nodes)
      await scene.served(address)
    }
    for (const name of waits) {
      await always(
        `${name} is left to others`,
        () => scene.addresses(name),
        found => found.length === 0,
        1_000,
      )
    }
  })

  test.serial(`9: ${shape}: uninstalled all at once, with Eips in use, it leaves nothing behind`, async t => {
    t.timeout(PATIENCE_MS)
    await scene.kubectl('delete', '--timeout=120s', '--kustomize', manifests(shape))
    t.deepEqual(await leftBehind(scene), [])
    t.deepEqual(await scene.routesByBgp(), [])
  })
}
