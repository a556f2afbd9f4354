import test from 'ava'
import type { Announcement } from '../../../src/desired/announcement/announcement.ts'
import { type GivenAddress, ingress, serviceFindings } from '../../../src/status/service.ts'

const announced: Announcement = { announced: true, reason: 'Announced', message: 'Announced by node1.', by: 'node1' }
const silent: Announcement = { announced: false, reason: 'NoEndpoints', message: 'Nothing serves.', by: '' }
const given = (address: string, announcement: Announcement): GivenAddress => ({ address, eip: 'pool', announcement })
const failure = { reason: 'PoolExhausted', message: 'every IPv4 address of Eip pool is in use' } as const

/** `type status reason message` of each condition, without the domain. */
const said = (...of: Parameters<typeof serviceFindings>) =>
  serviceFindings(...of).map(({ type, status, reason, message }) =>
    [type.replace('fairlead.dev/', ''), status, reason, message].join(' '),
  )

test('the ingress has every address, in order, each for kube-proxy to handle', t => {
  t.deepEqual(ingress([given('192.0.2.1', announced), given('2001:db8::1', silent)]), [
    { ip: '192.0.2.1', ipMode: 'VIP' },
    { ip: '2001:db8::1', ipMode: 'VIP' },
  ])
  t.deepEqual(ingress([]), [])
})

test('11: without an address there is only the reason for that', t => {
  t.deepEqual(said([], failure), ['Allocated False PoolExhausted Every IPv4 address of Eip pool is in use.'])
})

test('13: an address that is announced names its Eip and who announces it', t => {
  t.deepEqual(said([given('192.0.2.1', announced)], undefined), [
    'Allocated True Allocated Has 192.0.2.1 from Eip pool.',
    'Announced True Announced Announced by node1.',
  ])
})

test('12: of two addresses the one that is not announced says why, and which it is', t => {
  for (const addresses of [
    [given('192.0.2.1', announced), given('2001:db8::1', silent)],
    [given('2001:db8::1', silent), given('192.0.2.1', announced)],
  ]) {
    t.is(said(addresses, undefined)[1], 'Announced False NoEndpoints 2001:db8::1: Nothing serves.')
  }
})

test('11: an address that is kept while another is asked for in vain is told of, with the reason', t => {
  t.deepEqual(said([given('192.0.2.1', announced)], failure), [
    'Allocated False PoolExhausted Every IPv4 address of Eip pool is in use.',
    'Announced True Announced Announced by node1.',
  ])
})
