import fc from 'fast-check'
import type { Claim, Frame } from '../../../../src/layer2/ownership/frame.ts'
import type { Beat } from '../../../../src/layer2/wire/beat.ts'
import { formatAddress } from '../../../../src/net/address.ts'
import { anAddress } from '../../net/arbitrary.ts'

export const mac = '02:00:00:00:00:0a'

export const aFrame: Frame = {
  node: 'node1',
  incarnation: 1_795_000_000_000,
  sequence: 7,
  phase: 'ready',
  able: true,
  deaf: false,
  digest: 0xdeadbeef,
  heard: [],
  ask: [],
  want: [],
  outdated: [],
  claims: [],
}

export const beatOf = (frame: Partial<Frame> = {}): Beat => ({ frame: { ...aFrame, ...frame }, mac, unseen: [] })

/** The frame as it is received: in a longer buffer that is used again for the next one. */
const room = Buffer.alloc(2_048)
export function received(frame: Uint8Array): Buffer {
  room.fill(0xa5)
  room.set(frame)
  return room
}

const aName = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,50}[a-z0-9])?$/)
const aVip = anAddress().map(formatAddress)
const anIncarnation = fc.nat(2 ** 31).map(offset => 1_795_000_000_000 + offset)
const aSequence = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const names = fc.array(aName, { maxLength: 20 })

const aClaim: fc.Arbitrary<Claim> = fc.record({
  vip: aVip,
  owner: aName,
  incarnation: anIncarnation,
  epoch: aSequence,
  state: fc.constantFrom('held', 'offered', 'released'),
  announced: fc.boolean(),
})

/** Any heartbeat that a member may send. */
export const aBeat: fc.Arbitrary<Beat> = fc
  .record({
    node: aName,
    incarnation: anIncarnation,
    sequence: aSequence,
    phase: fc.constantFrom('listening', 'ready', 'leaving', 'gone'),
    able: fc.boolean(),
    deaf: fc.boolean(),
    digest: fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { nil: undefined }),
    heard: fc.array(fc.record({ node: aName, incarnation: anIncarnation, age: fc.nat(255) }), { maxLength: 200 }),
    ask: names,
    want: names,
    outdated: fc.array(fc.record({ node: aName, incarnation: anIncarnation })),
    list: fc.option(fc.record({ index: fc.nat(999), count: fc.nat(999) }), { nil: undefined }),
    claims: fc.array(fc.tuple(aClaim, fc.boolean()), { maxLength: 80 }),
  })
  .chain(({ list, claims, ...head }) => {
    const own = { owner: head.node, incarnation: head.incarnation }
    const frame: Frame = {
      ...head,
      ...(list && { list }),
      claims: claims.map(([claim, isOwn]) => (isOwn ? { ...claim, ...own } : claim)),
    }
    return fc.array(fc.record({ vip: aVip, owner: aName }), { maxLength: 5 }).map(unseen => ({ frame, mac, unseen }))
  })

/** All nodes that a heartbeat names. */
export const namesIn = ({ frame, unseen }: Beat): readonly string[] => [
  ...[...frame.heard, ...frame.outdated].map(({ node }) => node),
  ...frame.ask,
  ...frame.want,
  ...[...frame.claims, ...unseen].map(({ owner }) => owner),
]
