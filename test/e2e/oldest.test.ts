/** A Service's life at the API server of the oldest Kubernetes that is supported, with what is newest of all else. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { killPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { annotations, apiVersion, finalizers } from '../../src/api/names.ts'
import { explanation } from '../../src/cli/explain/shape.ts'
import { bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
const segment = eip('segment', { address: '10.62.1.1', protocol: 'layer2', autoAssign: false })
const scene = scenario(
  test,
  { name: 'e2e-oldest', nodes: 1, apiServer: 'oldest', webhook: true },
  pool,
  segment,
  bgpConf(),
  bgpPeer(),
)

/** Waits until an Event tells a Service's reason. */
const eventTold = (name: string, reason: string) =>
  eventually(
    `an Event tells ${reason} of ${name}`,
    () => {
      const of = `--field-selector=regarding.kind=Service,regarding.name=${name},reason=${reason}`
      return scene.kubectl('get', 'events.events.k8s.io', of, '-o', 'name')
    },
    found => found !== '',
  )

test.serial('it is the one that the chart names', async t => {
  const { major, minor } = JSON.parse(await scene.kubectl('get', '--raw', '/version')) as Record<string, string>
  const chart = await readFile(join(import.meta.dirname, '../../manifests/helm/fairlead/Chart.yaml'), 'utf8')
  t.is((parse(chart) as { kubeVersion: string }).kubeVersion, `>=${major}.${minor}.0-0`)
})

test.serial('5, 13, 16: a Service gets its addresses, says so, and is served by BGP', async t => {
  await runPods(scene.lab, 'web')
  await scene.apply(loadBalancer('web', bothFamilies))
  await scene.told('web', 'Allocated', 'Allocated')
  await scene.told('web', 'Announced', 'Announced')
  const { loadBalancer: told } = (await scene.service('web'))?.status ?? {}
  t.deepEqual(told?.ingress, [
    { ip: '10.66.0.0', ipMode: 'VIP' },
    { ip: 'fd66::', ipMode: 'VIP' },
  ])
  await eventTold('web', 'Allocated')
  for (const { ip } of told?.ingress ?? []) {
    await scene.routed(ip ?? '', 'node1')
    t.is((await scene.reach(ip ?? '')).node, 'node1')
  }
  await eventually(
    'the session is told',
    async () => (await scene.bgpPeer('router'))?.status?.nodesPeerStatus?.['node1']?.peerState?.sessionState,
    state => state === 'ESTABLISHED',
  )
})

test.serial('2, 25: a Service that asks for it is served in layer 2', async t => {
  await scene.apply(
    loadBalancer('near', { selector: { app: 'web' } }, { annotations: { [annotations.eip]: 'segment' } }),
  )
  t.is(await scene.address('near'), '10.62.1.1')
  await scene.told('near', 'Announced', 'Announced')
  t.is((await scene.reach('10.62.1.1')).node, 'node1')
  t.is((await scene.virtualIP('10.62.1.1'))?.status?.owners?.[0]?.node, 'node1')
})

test.serial('13: fairlead explains it', async t => {
  const told = explanation.parse(await scene.fairlead('explain', 'default/web'))
  t.deepEqual(
    told.addresses.map(({ address, announced }) => [address, announced]),
    [
      ['10.66.0.0', true],
      ['fd66::', true],
    ],
  )
  for (const { sessions } of told.addresses)
    t.deepEqual(
      sessions.map(({ state, sends }) => [state, sends.length]),
      [['ESTABLISHED', 1]],
    )
  t.deepEqual(told.pending, [])
})

for (const [title, object, named] of [
  [
    'by the webhook: what takes another object',
    eip('second', { address: '192.0.2.1', addresses: ['10.66.0.128/25'] }),
    /admission webhook "validation\.fairlead\.dev" denied the request: spec\.addresses\[0\]: 10\.66\.0\.128\/25 overlaps 10\.66\.0\.0\/24 of Eip "pool"/,
  ],
  [
    'by its schema: a range that ends before it begins',
    eip('second', { address: 'fd67::2-fd67::1' }),
    /spec\.address: Invalid value/,
  ],
  [
    'by its schema: an interface by which no address is reached',
    eip('second', { address: '192.0.2.1', interface: 'can_reach:router' }),
    /spec\.interface: Invalid value/,
  ],
] as const) {
  test.serial(`4, 35: refused when written, by the name of the field, ${title}`, async t => {
    t.regex(await scene.refused(object), named)
  })
}

test.serial('7, 11: an address is reserved for a Service; another that asks for it is told so', async t => {
  const reserved = (name: string) => ({
    apiVersion,
    kind: 'VirtualIP',
    metadata: { name },
    spec: {
      address: 'fd66::7',
      eip: 'pool',
      protocol: 'bgp',
      reserved: { namespace: 'default', name: 'mine' },
    },
  })
  t.regex(await scene.refused(reserved('fd66--7')), /metadata\.name/)
  await scene.apply(reserved('fd66-0-0-0-0-0-0-7'))
  const asking = (name: string) =>
    loadBalancer(name, { ipFamilies: ['IPv6'] }, { annotations: { [annotations.address]: 'fd66::7' } })
  await scene.apply(asking('other'))
  await scene.told('other', 'Allocated', 'AddressReserved')
  await eventTold('other', 'AddressReserved')
  await scene.apply(asking('mine'))
  t.is(await scene.address('mine'), 'fd66::7')
})

test.serial('6, 7: the leader is stopped: another one leads, frees and gives', async t => {
  const stopped = (await scene.leader()) ?? 'controller1'
  await killPart(scene.lab, 'control', stopped)
  await eventually(
    'another one leads',
    () => scene.leader(),
    leader => leader !== undefined && leader !== stopped,
    40_000,
  )
  t.deepEqual(await scene.addresses('web'), ['10.66.0.0', 'fd66::'])
  await scene.apply(loadBalancer('waits', {}, { annotations: { [annotations.eip]: 'segment' } }))
  await scene.told('waits', 'Allocated', 'PoolExhausted')
  await scene.kubectl('delete', 'service', 'near')
  t.is(await scene.address('waits'), '10.62.1.1')
})

test.serial('9: an Eip in use waits for its Services, whose addresses and routes go with them', async t => {
  await scene.kubectl('delete', 'eip', 'pool', '--wait=false')
  const waiting = await eventually(
    'the Eip says what it waits for',
    () => scene.eip('pool'),
    found => found?.status?.conditions?.some(({ reason }) => reason === 'Deleting') === true,
  )
  t.deepEqual(waiting?.metadata.finalizers, [finalizers.inUse])
  await scene.routed('10.66.0.0', 'node1')
  await scene.kubectl('delete', 'service', 'web', 'mine', 'other')
  await scene.kubectl('wait', '--for=delete', '--timeout=30s', 'eip/pool')
  await scene.routed('10.66.0.0')
  t.is(await scene.virtualIP('10.66.0.0'), undefined)
})
