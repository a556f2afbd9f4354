/** A Service's life at the API server of the oldest Kubernetes that is supported. */
import test from 'ava'
import { bgpConf, bgpPeer, eip, eventually, loadBalancer, scenario } from './support.ts'

// No kube-proxy: the newest one is not made for an API server so old.
const scene = scenario(
  test,
  { name: 'oldest', nodes: 1, apiServer: 'oldest', webhook: true, kubeProxy: 'none' },
  eip('pool', { address: '10.66.0.0/24' }),
  bgpConf(),
  bgpPeer(),
  loadBalancer('web'),
)

let address = ''

test.serial(
  '1, 13: a Service gets an address, its status and an Event tell it, and the router has a route',
  async t => {
    address = await scene.address('web')
    const service = await scene.service('web')
    t.deepEqual(service?.status?.loadBalancer?.ingress, [{ ip: address, ipMode: 'VIP' }])
    await scene.told('web', 'Announced', 'Announced')
    await scene.routed(address, 'node1')
    const events = await scene.kubectl('get', 'events', '-o', 'jsonpath={.items[*].reason}')
    t.true(events.split(' ').includes('Allocated'))
    t.is((await scene.bgpPeer('router'))?.status?.nodesPeerStatus?.['node1']?.peerState?.sessionState, 'ESTABLISHED')
  },
)

test.serial('4, 35: what takes another object is refused when written, by the name of the field', async t => {
  t.regex(await scene.refused(eip('second', { address: '10.66.0.9' })), /spec\.address: 10\.66\.0\.9 overlaps/)
})

test.serial('9: an Eip in use waits for its Service, whose address and route go with it', async t => {
  await scene.kubectl('delete', 'eip/pool', '--wait=false')
  await eventually(
    'the Eip tells what it waits for',
    () => scene.eip('pool'),
    found => found?.status?.conditions?.some(({ reason }) => reason === 'Deleting') === true,
  )
  await scene.kubectl('delete', 'service/web')
  await scene.kubectl('wait', '--for=delete', '--timeout=20s', 'eip/pool')
  await scene.routed(address)
  t.is(await scene.virtualIP(address), undefined)
})
