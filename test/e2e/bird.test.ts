/** The same with another router, BIRD: what is announced is standard BGP. */
import test from 'ava'
import { killPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { bgpConf, bgpPeer, bothFamilies, eip, loadBalancer, scenario } from './support.ts'

const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
const scene = scenario(test, { name: 'e2e-bird', router: 'bird', nodes: 2 }, pool, bgpConf(), bgpPeer())

test.serial('16: announced by every node, both families, and spread over them (17) by BIRD', async t => {
  await scene.apply(loadBalancer('web', { ...bothFamilies, externalTrafficPolicy: 'Local' }))
  await runPods(scene.lab, 'web')
  await scene.address('web')
  for (const address of await scene.addresses('web')) {
    await scene.routed(address, 'node1', 'node2')
    t.deepEqual(await scene.spread(address, 40, 'node1', 'node2'), [address.includes(':') ? 'fd61::2' : '10.61.0.2'])
  }
})

test.serial('18: BIRD’s routes go with a gobgpd and with the Service, and come back with the former', async t => {
  const addresses = await scene.addresses('web')
  t.is(addresses.length, 2)
  await killPart(scene.lab, 'node1', 'gobgpd', 'SIGKILL')
  for (const address of addresses) await scene.routed(address, 'node2')
  await startPart(scene.lab, 'node1', 'gobgpd')
  for (const address of addresses) await scene.routed(address, 'node1', 'node2')
  await scene.kubectl('delete', 'service', 'web')
  for (const address of addresses) await scene.routed(address)
})
