import test from 'ava'
import { askedAnnotation } from '../../../../hack/storm/manifests.ts'
import { Witness } from '../../../../hack/storm/witness.ts'
import { annotations } from '../../../../src/api/names.ts'
import type { Service } from '../../../../src/kube/objects.ts'
import { service } from '../../objects.ts'

const eips = new Map([['10.66.0.1', 'main']])
const witness = () => new Witness(address => eips.get(address))

function version(
  name: string,
  addresses: readonly string[],
  more: { asked?: number; uid?: string; wants?: string } = {},
) {
  const { asked = 0, uid = `uid-${name}`, wants } = more
  const named = {
    [askedAnnotation('IPv4')]: `${asked}`,
    [askedAnnotation('IPv6')]: `${asked}`,
    ...(wants !== undefined && { [annotations.address]: wants }),
  }
  const families = { ipFamilies: ['IPv4', 'IPv6'] } as const
  const before = service(name, families, { uid, annotations: named })
  return { ...before, status: { loadBalancer: { ingress: addresses.map(ip => ({ ip, ipMode: 'VIP' as const })) } } }
}

const upsert = (object: Service) => ({ type: 'upsert', object }) as const

test('an address that two Services tell at once is seen', t => {
  const seen = witness()
  seen.see(upsert(version('a', ['10.66.0.1'])))
  seen.see(upsert(version('b', ['10.66.0.1'])))
  t.deepEqual(seen.violations, ['10.66.0.1 was told to default/a and default/b at once'])
})

test('an address that goes from one Service to another is none', t => {
  const seen = witness()
  seen.see(upsert(version('a', ['10.66.0.1'])))
  seen.see({ type: 'delete', object: version('a', ['10.66.0.1']) })
  seen.see(upsert(version('b', ['10.66.0.1'])))
  seen.see({ type: 'synced', items: [version('c', ['10.66.0.1'])], resourceVersion: '9' })
  t.deepEqual(seen.violations, [])
  t.is(seen.versions, 3)
})

test('an address that goes or changes, although nothing else is asked for, is seen', t => {
  for (const [after, place] of [
    [['fd66::1'], 'nothing'],
    [['10.66.0.2', 'fd66::1'], '10.66.0.2'],
  ] as const) {
    const seen = witness()
    seen.see(upsert(version('a', ['10.66.0.1', 'fd66::1'])))
    seen.see(upsert(version('a', after)))
    t.deepEqual(seen.violations, [`a lost 10.66.0.1, and has ${place} in its place`])
  }
})

test('an address may change when something else is asked for, or the Service is another one', t => {
  const seen = witness()
  seen.see(upsert(version('a', ['10.66.0.1'])))
  seen.see(upsert(version('a', ['10.66.0.1'], { asked: 1, wants: '10.66.0.2' })))
  seen.see(upsert(version('a', ['10.66.0.2'], { asked: 1, wants: '10.66.0.2' })))
  seen.see(upsert(version('a', ['10.66.0.3'], { uid: 'another' })))
  t.deepEqual(seen.violations, [])
  seen.see(upsert(version('a', [], { uid: 'another' })))
  t.deepEqual(seen.violations, ['a lost 10.66.0.3, and has nothing in its place'])
})
