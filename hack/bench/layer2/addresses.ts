import { formatAddress, parseAddress } from '../../../src/net/address.ts'

/** So many addresses, one after the other. */
export function consecutive(first: string, count: number): readonly string[] {
  const address = parseAddress(first)
  if (address === undefined) throw new TypeError(`${first} is no address`)
  return Array.from({ length: count }, (_, n) => formatAddress({ ...address, bits: address.bits + BigInt(n) }))
}
