import { nodeOf } from './name.ts'

/** FNV-1a, 32 bits, with the finishing steps of MurmurHash3, so that names that differ in one letter land far apart. */
export function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return finish(h)
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A member in the contest for VIPs. */
export interface Contender {
  readonly name: string
  readonly node: string
  /** `hash(name)` */
  readonly seed: number
}

export const contender = (name: string): Contender => ({ name, node: nodeOf(name), seed: hash(name) })

/**
 * The rank of a member for a VIP by rendezvous hashing (Thaler and Ravishankar, 1998), both by their hashes: every node
 * computes the same, VIPs spread evenly, and a node that comes or goes changes the order of no others. The highest is
 * the first choice.
 */
export const rank = (vip: number, seed: number): number => finish(vip ^ Math.imul(seed, 0x9e3779b1))

/** Whether the first of two nodes comes before the second, for the VIP of this hash. */
export function outranks(vip: number, node: Contender, other: Contender): boolean {
  const [mine, theirs] = [rank(vip, node.seed), rank(vip, other.seed)]
  return mine === theirs ? node.name < other.name : mine > theirs
}

/**
 * The same with weights (Schindelhauer and Schomaker, Weighted Distributed Hash Tables, 2005): a node of weight w is the
 * first choice for w parts of the whole. It decides whose turn comes first and no more, as nodes hear of weights at
 * different times.
 * @param weights by node, 1 for those that are absent
 */
export function precedes(
  vip: number,
  node: Contender,
  other: Contender,
  weights: ReadonlyMap<string, number>,
): boolean {
  if (weights.size === 0) return outranks(vip, node, other)
  const [mine, theirs] = [weights.get(node.node) ?? 1, weights.get(other.node) ?? 1]
  if (mine === theirs) return outranks(vip, node, other)
  return score(rank(vip, node.seed), mine) > score(rank(vip, other.seed), theirs)
}

const score = (rank: number, weight: number): number => -weight / Math.log((rank + 0.5) / 2 ** 32)

/**
 * One claim's part of a digest, by the hash of its VIP; the digest of several is the XOR of theirs, so that it follows
 * each change at once.
 */
export const digestOf = (vip: number, { epoch, offered, announced }: Digested): number =>
  finish(finish(vip ^ epoch) + Number(offered) + 2 * Number(announced))

type Digested = { readonly epoch: number; readonly offered: boolean; readonly announced: boolean }
