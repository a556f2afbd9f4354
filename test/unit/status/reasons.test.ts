/** docs/operations.md and the reasons that there are: the compiler holds these lists to the types, and the test the document to the lists. */
import { readFileSync } from 'node:fs'
import test from 'ava'
import { conditionTypes } from '../../../src/api/names.ts'
import type { CannotForward } from '../../../src/desired/forward.ts'
import type { Cause } from '../../../src/layer2/ownership/effect.ts'
import type {
  AllocatedReason,
  AnnouncedReason,
  BgpConfReason,
  BgpPeerReason,
  EipReason,
  FieldsReason,
} from '../../../src/status/reasons.ts'

const allocated: Readonly<Record<AllocatedReason, true>> = {
  Allocated: true,
  PoolExhausted: true,
  QuotaExceeded: true,
  NoMatchingEip: true,
  EipNotFound: true,
  EipDisabled: true,
  EipDeleting: true,
  EipInvalid: true,
  EipRestricted: true,
  EipLacksFamily: true,
  AddressInUse: true,
  AddressHeld: true,
  AddressReserved: true,
  AddressNotInEip: true,
  AddressInvalid: true,
  SharingKeyInvalid: true,
  ProtocolInvalid: true,
  ConflictingRequest: true,
  TakenBack: true,
}

const announced: Readonly<Record<AnnouncedReason, true>> = {
  Announced: true,
  NoEndpoints: true,
  NoEligibleNode: true,
  BgpNotConfigured: true,
  NoSpeaker: true,
  NoPeerEstablished: true,
  NoOwner: true,
  InterfaceNotFound: true,
  CapabilityMissing: true,
  KeyUnusable: true,
  AddressConflict: true,
  StrictARPDisabled: true,
  SegmentFiltered: true,
  ModeNotSupported: true,
  Held: true,
  Reserved: true,
}

const cannotForward: Readonly<Record<CannotForward, true>> = {
  NodeGone: true,
  Excluded: true,
  Draining: true,
  NetworkUnavailable: true,
  ProxyUnknown: true,
  ProxyUnhealthy: true,
}

const bgpPeer: Readonly<Record<BgpPeerReason, true>> = { Established: true, NotEstablished: true, NoSession: true }

const bgpConf: Readonly<Record<BgpConfReason, true>> = { InForce: true, NotDefault: true, NoAs: true }

const eip: Readonly<Record<EipReason, true>> = {
  Ready: true,
  Deleting: true,
  OverlapsOlderEip: true,
  NotAnAddress: true,
  NotAPrefixLength: true,
  MixedFamilies: true,
  Reversed: true,
}

const fields: Readonly<Record<FieldsReason, true>> = { AllFields: true, SomeFieldsNotActedOn: true }

const causes: Readonly<Record<Cause, true>> = {
  Vacant: true,
  OwnerLost: true,
  Outclaimed: true,
  Dropped: true,
  TimeLost: true,
}

const operations = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8')

/** By their headings. */
const sections = new Map(
  operations
    .split(/^### /m)
    .slice(1)
    .map(section => [section.slice(0, section.indexOf('\n')), section] as const),
)

/** What the rows of a section's tables begin with. */
const told = (heading: string): readonly string[] =>
  [...(sections.get(heading) ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name)

for (const [heading, reasons] of [
  ['A Service has no address', allocated],
  ['An address is not announced', announced],
  ['A node does not announce', cannotForward],
  ['A BGP session is not up', bgpPeer],
  ['The router of a node', bgpConf],
  ['An Eip is not ready', eip],
  ['Fields that are not acted on', fields],
  ['Why an address moved', causes],
] as const) {
  test(`operations.md, “${heading}”: every reason that there is, once, and no other`, t => {
    t.deepEqual(told(heading).toSorted(), Object.keys(reasons).sort())
  })
}

test('operations.md: every condition that there is', t => {
  t.deepEqual(
    Object.values(conditionTypes).filter(type => !operations.includes(`\`${type}\``)),
    [],
  )
})
