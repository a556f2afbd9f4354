/** The storm's addresses, numbered from 0, the same number in both families. */
import type { EipIntent, Family } from './actions.ts'

export const addressOf = (number: number, family: Family): string =>
  family === 'IPv4' ? `10.66.${number >> 8}.${number & 0xff}` : `fd66::${number === 0 ? '' : number.toString(16)}`

export const rangeOf = ({ first, count }: EipIntent, family: Family): string =>
  `${addressOf(first, family)}-${addressOf(first + count - 1, family)}`

/** The name of the Eip that each address is of, or will be should that be enlarged. */
export const eipsByAddress = (eips: readonly EipIntent[]): ReadonlyMap<string, string> =>
  new Map(
    eips.flatMap(({ name, first }) =>
      Array.from({ length: largest }, (_, offset) => offset).flatMap(offset => [
        [addressOf(first + offset, 'IPv4'), name] as const,
        [addressOf(first + offset, 'IPv6'), name] as const,
      ]),
    ),
  )

/** No Eip ever has more addresses of a family. */
export const largest = 0x3000
