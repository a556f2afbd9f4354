/** What one Eip alone cannot tell: its CRD says the rest. Pure. */
import type { Eip } from '../../api/eip.ts'
import type { VirtualIP } from '../../api/virtualip.ts'
import { few } from '../../ipam/failure.ts'
import { keyOf } from '../../kube/resources.ts'
import { type Address, parseAddress } from '../../net/address.ts'
import {
  commonRanges,
  formatRange,
  isInvalidRange,
  parseRange,
  type Range,
  rangeContains,
  subtractRanges,
} from '../../net/range.ts'
import type { Snapshot } from '../../watch/snapshot.ts'
import type { Verdict } from '../admission.ts'

/** @param before absent for a new one */
export function reviewEip(eip: Eip, before: Eip | undefined, { eips, virtualIPs }: Snapshot): Verdict {
  const { name } = eip.metadata
  const others = [...eips.values()].filter(({ metadata }) => metadata.name !== name)
  const found = others.flatMap(other => overlaps(eip, before, other))
  return {
    refusals: [
      ...found.filter(({ isNew }) => isNew).map(({ message }) => `${message}; disable one of them (spec.disable)`),
      ...(before === undefined ? [] : takenOut(eip, before, others, [...virtualIPs.values()])),
    ],
    warnings: found.filter(({ isNew }) => !isNew).map(({ message }) => message),
  }
}

/** Of an Eip that is to be deleted. */
export function reviewEipDeletion({ metadata: { name } }: Eip, { virtualIPs }: Snapshot): Verdict {
  const used = virtualIPs
    .valueSeq()
    .filter(isInUse)
    .filter(({ spec }) => spec.eip === name)
    .toArray()
  if (used.length === 0) return { refusals: [], warnings: [] }
  return { refusals: [], warnings: [`Eip "${name}" gives no more addresses, and is in use: ${listed(used)}`] }
}

interface Overlap {
  readonly message: string
  /** Both give addresses, and did not both have these before. */
  readonly isNew: boolean
}

/** Two that do not both give addresses may overlap: so an Eip is split or replaced without taking an address from anybody. */
function overlaps(eip: Eip, before: Eip | undefined, other: Eip): readonly Overlap[] {
  const old = before !== undefined && gives(before) ? rangesOf(before) : []
  return texts(eip).flatMap(({ field, text }) => {
    const range = readable(text)
    return texts(other).flatMap(({ text: otherText }): readonly Overlap[] => {
      const common = commonRanges(range, readable(otherText))
      if (common.length === 0) return []
      const message = `${field}: ${text} overlaps ${otherText} of Eip "${other.metadata.name}"`
      return [{ message, isNew: gives(eip) && gives(other) && subtractRanges(common, old).length > 0 }]
    })
  })
}

/** Addresses in use that no Eip would hold any longer: whoever has one would lose it. */
function takenOut(eip: Eip, before: Eip, others: readonly Eip[], all: readonly VirtualIP[]): readonly string[] {
  const held = [eip, ...others.filter(({ metadata }) => metadata.deletionTimestamp === undefined)].flatMap(rangesOf)
  return texts(before).flatMap(({ field, text }) => {
    const out = subtractRanges(readable(text), held)
    if (out.length === 0) return []
    const lost = all.filter(vip => isInUse(vip) && vip.spec.eip === eip.metadata.name && isIn(out, vip))
    if (lost.length === 0) return []
    return [`${field}: ${few(out.map(formatRange), ', ')} cannot be taken out while in use: ${listed(lost)}`]
  })
}

const gives = ({ metadata, spec }: Eip): boolean => spec.disable !== true && metadata.deletionTimestamp === undefined

const isInUse = ({ spec }: VirtualIP): boolean => spec.services.length > 0

const isIn = (ranges: readonly Range[], { spec }: VirtualIP): boolean => {
  const address: Address | undefined = parseAddress(spec.address)
  return address !== undefined && ranges.some(range => rangeContains(range, address))
}

const listed = (virtualIPs: readonly VirtualIP[]): string =>
  few(
    virtualIPs.map(({ spec }) => `${spec.address} by ${spec.services.map(keyOf).join(' and ')}`),
    ', ',
  )

function texts({
  spec: { address, addresses = [] },
}: Eip): readonly { readonly field: string; readonly text: string }[] {
  return [
    { field: 'spec.address', text: address },
    ...addresses.map((text, index) => ({ field: `spec.addresses[${index}]`, text })),
  ]
}

/** None if it cannot be read: the API server refuses that, unless it is older than its schema. */
function readable(text: string): readonly Range[] {
  const range = parseRange(text)
  return isInvalidRange(range) ? [] : [range]
}

const rangesOf = (eip: Eip): readonly Range[] => texts(eip).flatMap(({ text }) => readable(text))
