/** A Service gets an address, a real router learns it from every node, and a client reaches the pods through it. */
import test from 'ava'
import { runPods, setReady } from '../../hack/lab/pods.ts'
import { bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
const scene = scenario(test, { name: 'e2e-announce' }, pool, bgpConf(), bgpPeer())
const nodes = ['node1', 'node2', 'node3'] as const

test.serial(
  '16: Cluster: every node announces while any endpoint serves, and a client gets through, both families',
  async t => {
    await scene.apply(loadBalancer('web', bothFamilies))
    await runPods(scene.lab, 'web')
    await scene.address('web')
    for (const address of await scene.addresses('web')) {
      await scene.routed(address, ...nodes)
      t.regex((await scene.request(address)).node, /^node[123]$/)
    }
  },
)

test.serial('16: Local: only nodes with a serving endpoint announce; the last one gone, nobody does', async t => {
  await scene.apply(loadBalancer('local', { ...bothFamilies, externalTrafficPolicy: 'Local' }))
  const [one, two] = await runPods(scene.lab, 'local', ['node1', 'node2'])
  await scene.address('local')
  const addresses = await scene.addresses('local')
  t.is(addresses.length, 2)
  for (const address of addresses) await scene.routed(address, 'node1', 'node2')
  await setReady(scene.lab, one ?? '', false)
  for (const address of addresses) await scene.routed(address, 'node2')
  await setReady(scene.lab, two ?? '', false)
  for (const address of addresses) await scene.routed(address)
  const told = await eventually(
    'the Service says why',
    () => scene.condition('local', 'Announced'),
    found => found?.status === 'False',
  )
  t.is(told?.reason, 'NoEndpoints')
})
