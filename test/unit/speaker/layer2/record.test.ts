import test from 'ava'
import type { Owner, VirtualIP, VirtualIPStatus } from '../../../../src/api/virtualip.ts'
import type { Condition } from '../../../../src/kube/objects.ts'
import { type Claim, type ClaimEvent, claimAfter } from '../../../../src/speaker/layer2/claim.ts'
import { nothing, read, wanted } from '../../../../src/speaker/layer2/record.ts'
import { service, virtualIP } from '../../objects.ts'

const now = new Date('2026-01-01T00:00:07.5Z')
const since = '2026-01-01T00:00:07Z'
const earlier = '2026-01-01T00:00:00Z'
const address = '10.62.0.100'
const about = { address, interface: 'eth0' } as const
const owned: ClaimEvent = { type: 'owned', ...about, epoch: 3, cause: 'OwnerLost', mac: '02:00:00:00:00:01' }
const conflict: ClaimEvent = { type: 'conflict', ...about, mac: '02:00:00:00:00:99' }

const owner = (node: string, epoch: number, more: Partial<Owner> = {}): Owner => ({
  interface: 'eth0',
  node,
  mac: '02:00:00:00:00:01',
  epoch,
  since,
  cause: 'OwnerLost',
  ...more,
})

/** The claim that these events lead to, while the record says that. */
const after = (events: readonly ClaimEvent[], recorded?: Owner) =>
  events.reduce<Claim | undefined>((claim, event) => claimAfter(claim, event, recorded, now), undefined)

function says(status: VirtualIPStatus): VirtualIP {
  return { ...virtualIP(address, service('web'), 'layer2'), status }
}

const condition = (type: string, message: string): Condition => ({
  type: `fairlead.dev/${type}`,
  status: 'True',
  reason: type,
  message,
  lastTransitionTime: earlier,
})

const want = (vip: VirtualIP, events: readonly ClaimEvent[], recorded?: Owner) => {
  const claim = after(events, recorded)
  return claim && wanted(vip, 'eth0', 'node1', claim)
}

test('13: the owner says who it is, by which claim and since when', t => {
  const told = want(says({}), [owned])
  t.deepEqual(told, { owner: owner('node1', 3), announcedBy: 'node1', since, findings: [] })
})

test('13: what has been said is read back as what was wanted, and who says nothing wants nothing', t => {
  const told = want(says({}), [owned, conflict])
  const conditions = told?.findings.map(finding => ({ ...finding, lastTransitionTime: earlier })) ?? []
  const said = says({ owners: [owner('node1', 3)], announcedBy: 'node1', since, conditions })
  t.deepEqual(read(said, 'eth0'), told ?? nothing)
  t.deepEqual(read(says({ conditions: [condition('Announced', 'One node')] }), 'eth0'), nothing)
})

test('13: with owners on several interfaces every one of them is told', t => {
  const elsewhere = owner('node2', 9, { interface: 'eth1', since: '2026-01-01T00:01:00Z' })
  const told = want(says({ owners: [elsewhere, owner('node3', 1)] }), [owned], owner('node3', 1))
  t.like(told, { owner: owner('node1', 3), announcedBy: 'node1,node2', since: '2026-01-01T00:01:00Z' })
})

test('13: the claim before is replaced, whatever its epoch: after a restart of all they begin anew', t => {
  for (const epoch of [2, 3, 900]) {
    const before = owner('node2', epoch)
    t.is(want(says({ owners: [before] }), [owned], before)?.owner?.node, 'node1')
  }
})

test('13: a claim that came later and is higher stays; a lower one of another part of the segment does not', t => {
  t.is(want(says({ owners: [owner('node2', 4)] }), [owned], undefined), undefined)
  t.is(want(says({ owners: [owner('node2', 4)] }), [owned], owner('node2', 2)), undefined)
  t.is(want(says({ owners: [owner('node2', 2)] }), [owned], undefined)?.owner?.node, 'node1')
})

test('13: nothing is left to say of an address that another has', t => {
  t.is(after([owned, { type: 'yielded', ...about, cause: 'Outclaimed' }]), undefined)
})

test('30: a stranger that was there first is told, and that nobody owns the address', t => {
  const told = want(says({}), [conflict])
  t.deepEqual(told, {
    findings: [
      {
        type: 'fairlead.dev/AddressConflict',
        status: 'True',
        reason: 'AddressConflict',
        message: 'eth0: 02:00:00:00:00:99, which is no node of ours, has the address already.',
      },
    ],
  })
  t.is(want(says({ owners: [owner('node2', 1)] }), [conflict]), undefined)
})

const troubles: readonly [reason: string, event: ClaimEvent, message: RegExp][] = [
  ['AddressConflict', conflict, /^eth0: 02:00:00:00:00:99, .* answers for the address as well\.$/],
  [
    'StrictARPDisabled',
    { type: 'strictArpDisabled', ...about, node: 'node2', mac: '02:00:00:00:00:02' },
    /^eth0: 02:00:00:00:00:02, node node2, .*strictARP\.$/,
  ],
  ['SegmentFiltered', { type: 'filtered', ...about, by: ['node2', 'node3'] }, /^eth0: node2, node3 hear the owner/],
]

for (const [reason, event, message] of troubles) {
  test(`30: ${reason} of an address that this node owns is told with the owner, until it is over`, t => {
    const told = want(says({}), [owned, event])
    t.is(told?.owner?.node, 'node1')
    t.like(told?.findings[0], { type: `fairlead.dev/${reason}`, status: 'True', reason })
    t.regex(told?.findings[0]?.message ?? '', message)
    const over = want(says({}), [owned, event, { type: 'cleared', ...about }])
    t.deepEqual([over?.owner?.node, over?.findings], ['node1', []])
  })

  test(`30: ${reason} that another interface has told is left to it, so that the two do not take turns`, t => {
    const vip = says({ conditions: [condition(reason, 'eth1: something')] })
    t.deepEqual(want(vip, [owned, event])?.findings, [])
    t.deepEqual(read(vip, 'eth0').findings, [])
  })
}
