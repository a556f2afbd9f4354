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

/**
 * Whether the first of two nodes is to have the VIP rather than the second. Weighted as by Schindelhauer and Schomaker
 * (Weighted Distributed Hash Tables, 2005): a node of weight w is the first choice for w parts of the whole. It decides
 * whose turn comes first, and no more than that, as nodes hear of weights at different times.
 */
export function precedes(vip: string, node: string, other: string, weights: ReadonlyMap<string, number>): boolean {
  const [mine, theirs] = [weights.get(node) ?? 1, weights.get(other) ?? 1]
  if (mine === theirs) return outranks(vip, node, other)
  return score(rank(vip, node), mine) > score(rank(vip, other), theirs)
}

const score = (rank: number, weight: number): number => -weight / Math.log((rank + 0.5) / 2 ** 32)

/** One claim's part of a digest; the digest of several is the XOR of theirs, so that it follows each change at once. */
export const digestOf = (vip: string, epoch: number, offered: boolean): number => hash(`${vip}\0${epoch}\0${offered}`)
