/** An address is kept whatever happens around it, and freed when it is to be; in the end the books agree. */
import test from 'ava'
import { killPart, restartPart, startPart } from '../../hack/lab/parts.ts'
import { removePod, runPods, setReady } from '../../hack/lab/pods.ts'
import { annotations } from '../../src/api/names.ts'
import type { VirtualIP } from '../../src/api/virtualip.ts'
import { always, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

const isDefault = { annotations: { [annotations.defaultEip]: 'true' } }
const pool = eip('pool', { address: '10.66.0.0-10.66.0.3', addresses: ['fd66::-fd66::3'] }, isDefault)
const scene = scenario(test, { name: 'e2e-kept', nodes: 1 }, pool)

const named = (name: string, eip: string, asks: object = {}) =>
  loadBalancer(name, bothFamilies, { annotations: { [annotations.eip]: eip, ...asks } })

/** What the ledger says of a Service, as `address UID`, in order: the same as long as an address is not taken away. */
async function ledgerOf(name: string): Promise<readonly string[]> {
  const all = JSON.parse(await scene.kubectl('get', 'virtualips', '-o', 'json')) as { items: readonly VirtualIP[] }
  const its = all.items.filter(({ spec }) => spec.services.some(service => service.name === name))
  return its.map(({ metadata, spec }) => `${spec.address} ${metadata.uid}`).sort()
}

const given = { ledger: '', ingress: '' }
const seen = async () => ({
  ledger: (await ledgerOf('web')).join(),
  ingress: (await scene.addresses('web')).join(),
})

/** What `web` was given in the beginning it has now, and for a while. */
const keeps = () =>
  always(
    `web keeps ${given.ingress}`,
    seen,
    ({ ledger, ingress }) => ledger === given.ledger && ingress === given.ingress,
    500,
  )

test.serial('6: an address is kept when labels, ports, endpoints or the traffic policy change', async t => {
  await scene.apply(loadBalancer('other', bothFamilies))
  await scene.address('other')
  await scene.apply(loadBalancer('web', bothFamilies))
  await scene.told('web', 'Allocated', 'Allocated')
  Object.assign(given, await seen())
  t.is(given.ingress.split(',').length, 2)

  await scene.kubectl('label', 'service', 'web', 'tier=gold')
  const ports = [{ port: 8080, protocol: 'TCP' }]
  await scene.apply(loadBalancer('web', { ...bothFamilies, externalTrafficPolicy: 'Local', ports }))
  const [pod = ''] = await runPods(scene.lab, 'web')
  await setReady(scene.lab, pod, false)
  await removePod(scene.lab, pod)
  await keeps()
})

test.serial('6: an address is kept when the default Eip moves, the Eip is enlarged, and the pool is full', async t => {
  await scene.apply(eip('elsewhere', { address: '10.66.9.0/29', addresses: ['fd66:9::/125'] }, isDefault))
  await scene.kubectl('annotate', 'eip', 'pool', `${annotations.defaultEip}-`)
  await scene.apply(eip('pool', { address: '10.66.0.0-10.66.0.4', addresses: ['fd66::-fd66::4'] }))
  const three = ['fill-1', 'fill-2', 'fill-3']
  await scene.apply(...three.map(name => named(name, 'pool')))
  for (const name of three) await scene.told(name, 'Allocated', 'Allocated')
  await scene.apply(named('one-too-many', 'pool'))
  await scene.told('one-too-many', 'Allocated', 'PoolExhausted')
  await scene.kubectl('label', 'service', 'web', 'tier=silver', '--overwrite')
  await keeps()
  await scene.kubectl('delete', 'service', 'one-too-many', ...three)
  t.pass()
})

test.serial('6: an address is kept when its Eip is split; it then belongs to the other Eip', async t => {
  await scene.apply(eip('rest', { address: '10.66.0.1-10.66.0.4', addresses: ['fd66::1-fd66::4'], autoAssign: false }))
  await scene.apply(eip('pool', { address: '10.66.0.0', addresses: ['fd66::'] }))
  for (const name of ['10.66.0.1', 'fd66-0-0-0-0-0-0-1']) {
    await eventually(
      `${name} belongs to the other Eip`,
      () => scene.virtualIP(name),
      virtualIP => virtualIP?.spec.eip === 'rest',
    )
  }
  await keeps()
  await eventually(
    'both Eips count it',
    async () => [(await scene.eip('pool'))?.status?.usage, (await scene.eip('rest'))?.status?.usage].join(),
    counts => counts === '2,2',
  )
  t.pass()
})

test.serial(
  '6: an address is kept when the leader is killed; within the Lease’s time another leads and catches up',
  async t => {
    const killed = (await scene.leader()) ?? 'controller1'
    await killPart(scene.lab, 'control', killed, 'SIGKILL')
    await scene.kubectl('delete', 'service', 'other')
    await scene.apply(loadBalancer('newcomer', bothFamilies))
    await eventually(
      'the newcomer has its addresses',
      () => scene.addresses('newcomer'),
      found => found.length === 2,
      30_000,
    )
    t.not(await scene.leader(), killed)
    await eventually(
      'what the deleted one had is free',
      () => ledgerOf('other'),
      left => left.length === 0,
    )
    await keeps()
    await startPart(scene.lab, 'control', killed)
  },
)

test.serial('6: an address is kept when every part is restarted', async t => {
  await restartPart(scene.lab, 'control', 'kube-apiserver')
  for (const part of ['controller1', 'controller2'] as const) await restartPart(scene.lab, 'control', part)
  for (const part of ['gobgpd', 'manager', 'kube-proxy'] as const) await restartPart(scene.lab, 'node1', part)
  await scene.apply(loadBalancer('afterwards', bothFamilies))
  await eventually(
    'a new Service has its addresses',
    () => scene.addresses('afterwards'),
    found => found.length === 2,
    30_000,
  )
  await keeps()
  t.pass()
})

test.serial('6: an address is lost when the Eip no longer contains it, and when another is asked for', async t => {
  await scene.apply(eip('rest', { address: '10.66.0.2-10.66.0.4', addresses: ['fd66::2-fd66::4'], autoAssign: false }))
  await eventually(
    'web has others, of the Eip that is used by default',
    async () => (await scene.addresses('web')).join(),
    found => /^10\.66\.9\.\d+,fd66:9::\d+$/.test(found),
  )
  const other = { [annotations.eip]: 'rest', [annotations.address]: 'fd66::4' }
  await scene.apply(loadBalancer('web', bothFamilies, { annotations: other }))
  await eventually(
    'web has what it asks for, and nothing else',
    async () => [await scene.addresses('web'), (await ledgerOf('web')).map(line => line.split(' ')[0])].join(' '),
    found => found === '10.66.0.2,fd66::4 10.66.0.2,fd66::4',
  )
  t.pass()
})

test.serial('7: freed when the Service is deleted or changes type; who has waited longest gets it at once', async t => {
  await scene.apply(eip('one', { address: '10.66.1.1', addresses: ['fd66:1::1'], autoAssign: false }))
  const both = '10.66.1.1,fd66:1::1'
  const has = (name: string) =>
    eventually(
      `${name} has it`,
      async () => (await scene.addresses(name)).join(),
      found => found === both,
      // On a busy machine a speaker may fall silent for a moment, and the address is held.
      30_000,
    )
  const age = async (name: string) => (await scene.service(name))?.metadata.creationTimestamp
  await scene.apply(named('holder', 'one'))
  await has('holder')
  // Named against the alphabet, so that it is the age that counts; ages are told in whole seconds.
  await scene.apply(named('waits-b', 'one'))
  const first = await age('waits-b')
  await eventually(
    'a younger one waits',
    async () => {
      await scene.kubectl('delete', 'service', 'waits-a', '--ignore-not-found')
      await scene.apply(named('waits-a', 'one'))
      return age('waits-a')
    },
    second => second !== first,
  )
  for (const name of ['waits-a', 'waits-b']) {
    t.deepEqual((await scene.told(name, 'Allocated', 'PoolExhausted')).status, 'False')
  }
  await scene.kubectl('delete', 'service', 'holder')
  await has('waits-b')
  await scene.told('waits-a', 'Allocated', 'PoolExhausted')

  const clusterIP = JSON.stringify({ spec: { type: 'ClusterIP' } })
  await scene.kubectl('patch', 'service', 'waits-b', '-p', clusterIP)
  await has('waits-a')
  const left = await eventually(
    'nothing of us is left on what is no LoadBalancer any more',
    () => scene.service('waits-b'),
    service => (service?.status?.conditions ?? []).length === 0,
  )
  t.deepEqual(left?.status?.loadBalancer, {})
})
