import test from 'ava'
import { foreignIngress, isOurs } from '../../../src/ipam/ours.ts'
import { allocator, bothFamilies, entry, filter, type ServiceFixture, service } from './fixtures.ts'

const ourClass = filter.loadBalancerClass

for (const { what, of, plain, required } of [
  { what: 'no class', of: {}, plain: true, required: false },
  { what: 'no class, annotated', of: { asks: { us: 'openelb' } }, plain: true, required: true },
  { what: 'no class, annotated for another', of: { asks: { us: 'other' } }, plain: true, required: false },
  { what: 'our class', of: { class: ourClass }, plain: true, required: true },
  { what: 'a foreign class', of: { class: 'example.com/other' }, plain: false, required: false },
  {
    what: 'a foreign class, annotated',
    of: { class: 'example.com/other', asks: { us: 'openelb' } },
    plain: false,
    required: false,
  },
] satisfies { what: string; of: ServiceFixture; plain: boolean; required: boolean }[]) {
  test(`1: a Service with ${what} is ours: ${plain}, with --require-annotation: ${required}`, t => {
    t.is(isOurs(service(of), filter), plain)
    t.is(isOurs(service(of), { ...filter, requireAnnotation: true }), required)
  })
}

test('1: the class that is ours is an option', t => {
  const other = { ...filter, loadBalancerClass: 'example.com/lb' }
  t.true(isOurs(service({ class: 'example.com/lb' }), other))
  t.false(isOurs(service({ class: ourClass }), other))
})

for (const { name, ip } of bothFamilies) {
  for (const { what, of, foreign } of [
    { what: 'no ingress', of: {}, foreign: false },
    { what: 'an ingress and nothing of ours', of: { ingress: [ip(1)] }, foreign: true },
    { what: 'an ingress and a foreign condition', of: { ingress: [ip(1)], conditions: ['x.io/Y'] }, foreign: true },
    { what: 'an ingress and our condition', of: { ingress: [ip(1)], conditions: ['fairlead.dev/Y'] }, foreign: false },
    { what: 'an ingress and our annotation', of: { ingress: [ip(1)], asks: { us: 'openelb' } }, foreign: false },
    { what: 'an ingress and our class', of: { ingress: [ip(1)], class: ourClass }, foreign: false },
  ] satisfies { what: string; of: ServiceFixture; foreign: boolean }[]) {
    test(`1: ${name}: a Service with ${what} is another controller's: ${foreign}`, t => {
      t.is(foreignIngress(service(of), allocator([]), filter), foreign)
      t.false(foreignIngress(service(of), allocator([], [entry(ip(1), 'a', 'web')]), filter))
      t.is(foreignIngress(service(of), allocator([], [entry(ip(2), 'a', 'web')]), filter), foreign)
    })
  }
}
