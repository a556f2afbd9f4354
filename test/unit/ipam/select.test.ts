import test from 'ava'
import { isFailure } from '../../../src/ipam/failure.ts'
import { readRequest } from '../../../src/ipam/request.ts'
import { selectEips } from '../../../src/ipam/select.ts'
import {
  allocator,
  bothFamilies,
  type EipFixture,
  eip,
  type FamilyCase,
  type ServiceFixture,
  service,
} from './fixtures.ts'

function select(family: FamilyCase, eips: Record<string, EipFixture>, of: ServiceFixture, namespaceLabels = {}) {
  const all = Object.entries(eips).map(([name, spec], n) => eip(name, family.range(n * 16, n * 16 + 3), spec))
  const asking = service({ families: [family], ...of })
  const request = readRequest(asking)
  if (isFailure(request)) return request
  const result = selectEips(family.family, { service: asking, namespaceLabels, request }, allocator(all))
  return isFailure(result) ? result : result.map(({ name }) => name)
}

interface Case {
  readonly title: string
  readonly eips: Record<string, EipFixture>
  readonly of?: ServiceFixture
  readonly namespaceLabels?: Record<string, string>
  readonly chosen: readonly string[] | { readonly reason: string; readonly message: string }
}

const eipAnnotation = 'annotation eip.openelb.kubesphere.io/v1alpha2'
const protocolAnnotation = 'annotation protocol.openelb.kubesphere.io/v1alpha1'

const cases: readonly Case[] = [
  {
    title: 'bound Eips first, then the default, then the lowest priority, then by name',
    eips: {
      z: {},
      low: { priority: -1 },
      high: { priority: 1 },
      a: {},
      default: { isDefault: true, priority: 9 },
      bound: { namespaces: ['default'], priority: 9 },
      'bound-first': { namespaces: ['default'], priority: 8 },
    },
    chosen: ['bound-first', 'bound', 'default', 'low', 'a', 'z', 'high'],
  },
  {
    title: 'bound by namespace, by its labels, or by the Service’s labels',
    eips: {
      free: {},
      labels: { serviceSelector: { matchLabels: { app: 'web' } } },
      names: { namespaces: ['other', 'default'] },
      selector: { namespaceSelector: { team: 'blue' } },
      either: { namespaces: ['other'], namespaceSelector: { team: 'blue' } },
    },
    of: { labels: { app: 'web', x: 'y' } },
    namespaceLabels: { team: 'blue', x: 'y' },
    chosen: ['either', 'labels', 'names', 'selector', 'free'],
  },
  {
    title: 'an empty binding binds nothing',
    eips: { b: { namespaces: [], namespaceSelector: {}, serviceSelector: { matchLabels: {} } }, a: {} },
    chosen: ['a', 'b'],
  },
  {
    title: 'binding restricts: no namespace, no label, or only one of the two fits',
    eips: {
      names: { namespaces: ['other'] },
      selector: { namespaceSelector: { team: 'blue', tier: 'front' } },
      labels: { serviceSelector: { matchLabels: { app: 'web' } } },
      both: { namespaces: ['default'], serviceSelector: { matchLabels: { app: 'web' } } },
    },
    of: { labels: { app: 'db' } },
    namespaceLabels: { team: 'blue' },
    chosen: {
      reason: 'NoMatchingEip',
      message:
        'no Eip may serve default/web: Eip both is not for Services with these labels; ' +
        'Eip labels is not for Services with these labels; Eip names is not for namespace default; ' +
        'Eip selector is not for namespace default',
    },
  },
  {
    title: 'binding restricts a Service that names the Eip as well',
    eips: { a: { namespaces: ['other'] } },
    of: { asks: { eip: 'a' } },
    chosen: { reason: 'EipRestricted', message: 'Eip a is not for namespace default' },
  },
  {
    title: 'the named one alone, even if it is not given by itself',
    eips: { a: { isDefault: true }, b: { autoAssign: false } },
    of: { asks: { eip: 'b' } },
    chosen: ['b'],
  },
  {
    title: 'a name that no Eip has',
    eips: { a: {} },
    of: { asks: { eip: 'b' } },
    chosen: { reason: 'EipNotFound', message: `${eipAnnotation} names Eip b, which does not exist` },
  },
  {
    title: 'a named Eip that is disabled',
    eips: { a: { disable: true } },
    of: { asks: { eip: 'a' } },
    chosen: { reason: 'EipDisabled', message: 'Eip a is disabled' },
  },
  {
    title: 'a named Eip that is being deleted',
    eips: { a: { deleting: true } },
    of: { asks: { eip: 'a' } },
    chosen: { reason: 'EipDeleting', message: 'Eip a is being deleted' },
  },
  {
    title: 'only Eips of the protocol asked for, bgp being the default',
    eips: { a: { protocol: 'layer2' }, b: { protocol: 'bgp' }, c: {}, d: { protocol: 'vip' } },
    of: { asks: { protocol: 'bgp' } },
    chosen: ['b', 'c'],
  },
  {
    title: 'a named Eip of another protocol than asked for',
    eips: { a: { protocol: 'layer2' } },
    of: { asks: { eip: 'a', protocol: 'bgp' } },
    chosen: { reason: 'ConflictingRequest', message: `${protocolAnnotation} asks for bgp, but Eip a is layer2` },
  },
  {
    title: 'without a name neither disabled, deleting nor kept back Eips',
    eips: { a: { disable: true }, b: { deleting: true }, c: { autoAssign: false }, d: { autoAssign: true } },
    chosen: ['d'],
  },
  {
    title: 'the reasons why none fits are told, the first five of them',
    eips: {
      a: { disable: true },
      b: { deleting: true },
      c: { autoAssign: false },
      d: { protocol: 'vip' },
      e: { disable: true },
      f: { disable: true },
      g: { disable: true },
    },
    of: { asks: { protocol: 'bgp' } },
    chosen: {
      reason: 'NoMatchingEip',
      message:
        'no Eip may serve default/web: Eip a is disabled; Eip b is being deleted; Eip c has autoAssign false; ' +
        `${protocolAnnotation} asks for bgp, but Eip d is vip; Eip e is disabled; and 2 more`,
    },
  },
  {
    title: 'no Eip at all',
    eips: {},
    chosen: { reason: 'NoMatchingEip', message: 'no Eip may serve default/web: there is none' },
  },
]

for (const family of bothFamilies) {
  for (const { title, eips, of = {}, namespaceLabels, chosen } of cases) {
    test(`3: ${family.name}: ${title}`, t => {
      t.deepEqual(select(family, eips, of, namespaceLabels), chosen)
    })
  }

  const other = bothFamilies.find(({ name }) => name !== family.name) as FamilyCase

  test(`5: ${family.name}: an Eip of the other family does not serve, and says so when named`, t => {
    const eips = allocator([eip('a', other.range(1, 2)), eip('b', 'nonsense'), eip('c', family.ip(1))])
    const asking = service({ families: [family] })
    const choose = (name?: string) => {
      const request = { families: [family.family], ...(name !== undefined && { eip: name }) }
      const result = selectEips(family.family, { service: asking, namespaceLabels: {}, request }, eips)
      return isFailure(result) ? result : result.map(({ name }) => name)
    }
    t.deepEqual(choose(), ['c'])
    t.deepEqual(choose('a'), { reason: 'EipLacksFamily', message: `Eip a has no ${family.name} address` })
    t.deepEqual(choose('b'), {
      reason: 'EipInvalid',
      message: 'Eip b: "nonsense" is not an IP address, a prefix or a range',
    })
  })
}
