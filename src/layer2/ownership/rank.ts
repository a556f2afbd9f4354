/** FNV-1a, 32 bits, with the finishing steps of MurmurHash3, so that names that differ in one letter land far apart. */
export function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/**
 * The rank of a node for a VIP by rendezvous hashing (Thaler and Ravishankar, 1998): every node computes the same, VIPs
 * spread evenly, and a node that comes or goes changes the order of no others. The highest is the first choice.
 */
export const rank = (vip: string, node: string): number => hash(`${vip}\0${node}`)

/** Of two nodes with equal claims, whether the first one has the VIP. */
export function outranks(vip: string, node: string, other: string): boolean {
  const [mine, theirs] = [rank(vip, node), rank(vip, other)]
  return mine === theirs ? node < other : mine > theirs
}

/** One claim's part of a digest; the digest of several is the XOR of theirs, so that it follows each change at once. */
export const digestOf = (vip: string, epoch: number, offered: boolean): number => hash(`${vip}\0${epoch}\0${offered}`)
