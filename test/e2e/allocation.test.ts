/** Which Services get an address, out of which Eip, and what is said to those that get none. */
import test from 'ava'
import { withClient } from '../../hack/lab/cluster.ts'
import { killPart, restartPart, startPart } from '../../hack/lab/parts.ts'
import { annotations, defaultLoadBalancerClass } from '../../src/api/names.ts'
import { keyOf, services, virtualIPs } from '../../src/kube/resources.ts'
import { always, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

/** Used by whoever asks for nothing in particular; every other Eip here is used only by name, or is in order behind it. */
const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
const scene = scenario(test, { name: 'e2e-allocation', nodes: 1 }, pool)
const controllers = ['controller1', 'controller2'] as const

/** A Service with annotations. */
const asking = (name: string, asks: Readonly<Record<string, string>>, spec: object = {}) =>
  loadBalancer(name, spec, { annotations: asks })

test.serial('1: without a class, or with ours, a Service gets an address of each family with ipMode VIP', async t => {
  await scene.apply(
    loadBalancer('plain', bothFamilies),
    loadBalancer('ours', { ...bothFamilies, loadBalancerClass: defaultLoadBalancerClass }),
  )
  for (const name of ['plain', 'ours']) {
    await scene.told(name, 'Allocated', 'Allocated')
    const service = await scene.service(name)
    const ingress = service?.status?.loadBalancer?.ingress ?? []
    t.is(ingress.length, 2)
    t.regex(ingress[0]?.ip ?? '', /^10\.66\.0\.\d+$/)
    t.regex(ingress[1]?.ip ?? '', /^fd66::/)
    t.deepEqual(
      ingress.map(({ ipMode }) => ipMode),
      ['VIP', 'VIP'],
    )
  }
})

test.serial('1: a Service of a foreign class, or whose ingress another controller wrote, is never touched', async t => {
  for (const part of controllers) await killPart(scene.lab, 'control', part)
  await scene.apply(loadBalancer('foreign', { loadBalancerClass: 'example.com/other' }), loadBalancer('served'))
  const theirs = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } })
  await scene.kubectl('patch', 'service', 'served', '--subresource=status', '--type=merge', '-p', theirs)
  for (const part of controllers) await startPart(scene.lab, 'control', part)

  await scene.kubectl('label', 'service', 'served', 'foreign', 'touch=it')
  await scene.apply(loadBalancer('later'))
  await scene.address('later')
  const writers = async (name: string) =>
    (await scene.kubectl('get', 'service', name, '-o', 'jsonpath={.metadata.managedFields[*].manager}')).split(' ')
  await always(
    'neither has anything of us, and theirs is as it was',
    async () => [await writers('foreign'), await writers('served'), await scene.addresses('served')],
    ([foreign, served, addresses]) =>
      ![...(foreign ?? []), ...(served ?? [])].includes('fairlead-controller') && addresses?.join() === '192.0.2.7',
    2_000,
  )
  t.deepEqual(await scene.addresses('foreign'), [])
})

test.serial(
  '2: an Eip by name, an Eip by protocol, and of several of that protocol the first that is free',
  async t => {
    await scene.apply(
      eip('named', { address: '10.67.0.1', addresses: ['fd67::1'], autoAssign: false }),
      eip('l2-first', { address: '10.67.1.1', protocol: 'layer2', priority: 1 }),
      eip('l2-second', { address: '10.67.1.2', protocol: 'layer2', priority: 2 }),
      asking('by-name', { [annotations.eip]: 'named' }, bothFamilies),
    )
    await scene.told('by-name', 'Allocated', 'Allocated')
    t.deepEqual(await scene.addresses('by-name'), ['10.67.0.1', 'fd67::1'])

    await scene.apply(asking('by-protocol', { [annotations.protocol]: 'layer2' }))
    t.is(await scene.address('by-protocol'), '10.67.1.1')
    t.is((await scene.virtualIP('10.67.1.1'))?.spec.protocol, 'layer2')
    await scene.apply(asking('by-protocol-2', { [annotations.protocol]: 'layer2' }))
    t.is(await scene.address('by-protocol-2'), '10.67.1.2')
    await scene.apply(asking('by-protocol-3', { [annotations.protocol]: 'layer2' }))
    await scene.told('by-protocol-3', 'Allocated', 'PoolExhausted')
  },
)

test.serial('2: an address by annotation or by spec.loadBalancerIP, of both families; in any spelling', async t => {
  const ipv6 = { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' }
  await scene.apply(
    asking('annotated-4', { [annotations.address]: '10.66.0.77' }),
    asking('annotated-6', { [annotations.address]: 'fd66:0::0077' }, ipv6),
    loadBalancer('field-4', { loadBalancerIP: '10.66.0.78' }),
    loadBalancer('field-6', { ...ipv6, loadBalancerIP: 'fd66::78' }),
    asking('both-same', { [annotations.address]: '10.66.0.79' }, { loadBalancerIP: '10.66.0.79' }),
  )
  t.is(await scene.address('annotated-4'), '10.66.0.77')
  t.is(await scene.address('annotated-6'), 'fd66::77')
  t.is(await scene.address('field-4'), '10.66.0.78')
  t.is(await scene.address('field-6'), 'fd66::78')
  t.is(await scene.address('both-same'), '10.66.0.79')
})

test.serial('2: two different addresses asked for are refused with the reason, until one is asked for', async t => {
  await scene.apply(asking('torn', { [annotations.address]: '10.66.0.80' }, { loadBalancerIP: '10.66.0.81' }))
  const { status, message } = await scene.told('torn', 'Allocated', 'ConflictingRequest')
  t.is(status, 'False')
  for (const named of [annotations.address, '10.66.0.80', 'spec.loadBalancerIP', '10.66.0.81']) {
    t.true(message.includes(named), message)
  }
  t.deepEqual(await scene.addresses('torn'), [])
  await scene.kubectl('annotate', 'service', 'torn', `${annotations.address}-`)
  t.is(await scene.address('torn'), '10.66.0.81')
})

test.serial(
  '3: first what is bound to the namespace or the labels, then the default, then by priority and name',
  async t => {
    await scene.kubectl('create', 'namespace', 'team')
    await scene.kubectl('create', 'namespace', 'crew')
    await scene.kubectl('label', 'namespace', 'crew', 'tier=gold')
    const gold = { matchLabels: { tier: 'gold' } }
    await scene.apply(
      eip('by-team', { address: '10.68.0.1', priority: 100, namespaces: ['team'] }),
      eip('by-crew', { address: '10.68.0.2', priority: 100, namespaceSelector: { tier: 'gold' } }),
      eip('by-label', { address: '10.68.0.3', priority: 100, serviceSelector: gold }),
      eip(
        'the-default',
        { address: '10.68.0.4', priority: 100 },
        { annotations: { [annotations.defaultEip]: 'true' } },
      ),
      eip('urgent', { address: '10.68.0.5', priority: -1 }),
      eip('b-name', { address: '10.68.0.6' }),
      eip('a-name', { address: '10.68.0.7' }),
      eip('not-by-itself', { address: '10.68.0.8', priority: -9, autoAssign: false }),
    )
    await eventually(
      'all Eips are known',
      async () => (await scene.eip('not-by-itself'))?.status?.ready,
      ready => ready === true,
    )
    const next = async (name: string, metadata: object = {}) => {
      await scene.apply(loadBalancer(name, {}, metadata))
      const { namespace } = { namespace: 'default', ...metadata }
      return (await scene.virtualIP(await scene.address(name, namespace)))?.spec.eip
    }
    t.is(await next('web', { namespace: 'team' }), 'by-team')
    t.is(await next('web', { namespace: 'crew' }), 'by-crew')
    t.is(await next('labelled', { labels: { tier: 'gold' } }), 'by-label')
    t.is(await next('order-1'), 'the-default')
    t.is(await next('order-2', { namespace: 'team' }), 'urgent')
    t.is(await next('order-3'), 'a-name')
    t.is(await next('order-4'), 'b-name')
    t.is(await next('order-5'), 'pool')
  },
)

test.serial('3: binding restricts also those who name the Eip', async t => {
  await scene.apply(
    eip('bound', { address: '10.69.0.0/30', namespaces: ['team'], autoAssign: false }),
    asking('outsider', { [annotations.eip]: 'bound' }),
    loadBalancer('insider', {}, { namespace: 'team', annotations: { [annotations.eip]: 'bound' } }),
  )
  t.is(await scene.address('insider', 'team'), '10.69.0.0')
  const { message } = await scene.told('outsider', 'Allocated', 'EipRestricted')
  t.regex(message, /Eip bound is not for namespace default/)
  t.deepEqual(await scene.addresses('outsider'), [])
})

test.serial(
  '3: disable gives nothing new and keeps what is given; autoAssign false serves those who name it or an address of it',
  async t => {
    await scene.apply(
      eip('switched', { address: '10.69.1.0/30', autoAssign: false }),
      asking('had-it', { [annotations.eip]: 'switched' }),
    )
    t.is(await scene.address('had-it'), '10.69.1.0')
    await scene.apply(loadBalancer('by-address', { loadBalancerIP: '10.69.1.3' }))
    t.is(await scene.address('by-address'), '10.69.1.3')

    await scene.apply(eip('switched', { address: '10.69.1.0/30', autoAssign: false, disable: true }))
    await scene.apply(asking('late', { [annotations.eip]: 'switched' }))
    t.regex((await scene.told('late', 'Allocated', 'EipDisabled')).message, /Eip switched is disabled/)
    await scene.kubectl('label', 'service', 'had-it', 'touch=it')
    await always(
      'what was given stays',
      async () => [await scene.addresses('had-it'), await scene.addresses('by-address')].join(),
      seen => seen === '10.69.1.0,10.69.1.3',
      1_000,
    )
    await scene.apply(eip('switched', { address: '10.69.1.0/30', autoAssign: false, disable: false }))
    t.is(await scene.address('late'), '10.69.1.1')
  },
)

/** What the three books say of an Eip, each as `address namespace/name`, sorted. */
async function books(name: string) {
  return withClient(scene.lab, async client => {
    const [given, all] = await Promise.all([client.list(virtualIPs), client.list(services)])
    const ledger = given.items
      .filter(({ spec }) => spec.eip === name)
      .map(({ spec }) => `${spec.address} ${spec.services.map(keyOf).join(';')}`)
    const told = all.items
      .filter(({ metadata }) => metadata.annotations?.[annotations.eip] === name)
      .flatMap(service =>
        (service.status?.loadBalancer?.ingress ?? []).map(({ ip }) => `${ip} ${keyOf(service.metadata)}`),
      )
    const used = Object.entries((await scene.eip(name))?.status?.used ?? {}).map(each => each.join(' '))
    return { ledger: ledger.sort(), told: told.sort(), used: used.sort() }
  })
}

test.serial(
  '10: Services that come and go all at once, under a change of leaders: nothing leaks, nothing is given twice',
  async t => {
    await scene.apply(
      eip('crowded', { address: '10.70.0.0-10.70.0.24', addresses: ['fd70::-fd70::18'], autoAssign: false }),
    )
    const ref = (number: number) => ({ namespace: 'default', name: `crowd-${number}` })
    await withClient(scene.lab, async client => {
      const create = (number: number) => {
        const { name } = ref(number)
        return client.create(services, asking(name, { [annotations.eip]: 'crowded' }, bothFamilies))
      }
      const comeAndGo = async (number: number) => {
        await create(number)
        if (number % 2 === 0) await client.delete(services, ref(number))
        if (number % 4 === 0) await create(number)
      }
      const leader = await scene.leader()
      const numbers = Array.from({ length: 60 }, (_, number) => number)
      await Promise.all([...numbers.map(comeAndGo), leader && restartPart(scene.lab, 'control', leader)])
    })
    // 45 Services are there for 25 addresses of each family.
    const end = await eventually(
      'the ledger, the Services and the Eip agree',
      () => books('crowded'),
      ({ ledger, told, used }) =>
        ledger.length === 50 && told.join() === ledger.join() && used.join() === ledger.join(),
      30_000,
    )
    t.is(new Set(end.ledger.map(line => line.split(' ')[0])).size, 50)

    await scene.kubectl('delete', 'service', '--all', '--wait=false')
    await eventually(
      'nothing is left',
      () => books('crowded'),
      ({ ledger, used }) => ledger.length === 0 && used.length === 0,
      30_000,
    )
  },
)
