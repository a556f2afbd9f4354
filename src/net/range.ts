import { type Address, addressLength, type Family, formatAddress, parseAddress } from './address.ts'

/** Consecutive addresses of one family, both ends included; never empty. */
export interface Range {
  readonly family: Family
  readonly first: bigint
  readonly last: bigint
}

/** Why a text is not a range; `message` is one line that quotes the text. */
export interface InvalidRange {
  readonly reason: 'NotAnAddress' | 'NotAPrefixLength' | 'MixedFamilies' | 'Reversed'
  readonly message: string
}

/**
 * Reads one address (`10.0.0.1`), a prefix (`10.0.0.0/24`, RFC 4632 section 3.1) or two ends (`10.0.0.1-10.0.0.9`), of either
 * family; spaces around the whole and around `-` do not matter. A prefix is cut to its length, as OpenELB does:
 * `10.0.0.5/24` is `10.0.0.0/24`, all 256 addresses of it.
 */
export function parseRange(text: string): Range | InvalidRange {
  const range = text.trim()
  if (range.includes('/')) return parsePrefix(range)
  const [firstText = '', ...rest] = range.split('-').map(end => end.trim())
  const lastText = rest.length === 0 ? firstText : rest.join('-')
  const first = parseAddress(firstText)
  const last = parseAddress(lastText)
  if (first === undefined) return notAnAddress(firstText, range)
  if (last === undefined) return notAnAddress(lastText, range)
  if (first.family !== last.family) {
    return { reason: 'MixedFamilies', message: `"${range}" begins in IPv${first.family} and ends in IPv${last.family}` }
  }
  if (first.bits > last.bits) return { reason: 'Reversed', message: `"${range}" ends before it begins` }
  return { family: first.family, first: first.bits, last: last.bits }
}

/** For the result of `parseRange`. */
export function isInvalidRange(result: Range | InvalidRange): result is InvalidRange {
  return 'reason' in result
}

/** How many addresses a range has: 1 to 2^128. */
export function rangeSize(range: Range): bigint {
  return range.last - range.first + 1n
}

export function rangeContains(range: Range, address: Address): boolean {
  return address.family === range.family && range.first <= address.bits && address.bits <= range.last
}

export function rangesOverlap(a: Range, b: Range): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last
}

/** The same addresses in the fewest ranges: IPv4 first, then in ascending order, with a gap between any two. */
export function mergeRanges(ranges: readonly Range[]): Range[] {
  const merged: Range[] = []
  for (const range of ranges.toSorted((a, b) => a.family - b.family || (a.first < b.first ? -1 : 1))) {
    const previous = merged.at(-1)
    if (previous?.family === range.family && range.first <= previous.last + 1n) {
      if (range.last > previous.last) merged[merged.length - 1] = { ...previous, last: range.last }
    } else {
      merged.push(range)
    }
  }
  return merged
}

/** The ranges that two lists have in common; neither list is in any order. */
export function commonRanges(these: readonly Range[], those: readonly Range[]): Range[] {
  return mergeRanges(these.flatMap(a => those.flatMap(b => commonRange(a, b) ?? [])))
}

/** What is left of ranges without the addresses of others: in ascending order, IPv4 first, with gaps between. */
export function subtractRanges(ranges: readonly Range[], others: readonly Range[]): Range[] {
  return mergeRanges(others).reduce<readonly Range[]>(
    (left, other) =>
      left.flatMap(range => {
        if (!rangesOverlap(range, other)) return range
        const [before, after] = [
          { ...range, last: other.first - 1n },
          { ...range, first: other.last + 1n },
        ]
        return [before, after].filter(({ first, last }) => first <= last)
      }),
    mergeRanges(ranges),
  ) as Range[]
}

/** As short as it can be read by `parseRange`: one address, or two ends. */
export function formatRange({ family, first, last }: Range): string {
  const from = formatAddress({ family, bits: first })
  return first === last ? from : `${from}-${formatAddress({ family, bits: last })}`
}

function commonRange(a: Range, b: Range): Range | undefined {
  if (!rangesOverlap(a, b)) return undefined
  return { family: a.family, first: a.first > b.first ? a.first : b.first, last: a.last < b.last ? a.last : b.last }
}

function parsePrefix(text: string): Range | InvalidRange {
  const slash = text.indexOf('/')
  const address = parseAddress(text.slice(0, slash))
  if (address === undefined) return notAnAddress(text.slice(0, slash), text)
  const { family } = address
  const lengthText = text.slice(slash + 1)
  const hostBits = addressLength[family] - Number(lengthText)
  if (!/^(0|[1-9]\d{0,2})$/.test(lengthText) || hostBits < 0) {
    const message = `"${text}" has the prefix length "${lengthText}", which is not a number from 0 to ${addressLength[family]}`
    return { reason: 'NotAPrefixLength', message }
  }
  const hostMask = (1n << BigInt(hostBits)) - 1n
  const last = address.bits | hostMask
  return { family, first: last - hostMask, last }
}

function notAnAddress(part: string, text: string): InvalidRange {
  const message =
    part === text
      ? `"${text}" is not an IP address, a prefix or a range`
      : `"${part}" in "${text}" is not an IP address`
  return { reason: 'NotAnAddress', message }
}
