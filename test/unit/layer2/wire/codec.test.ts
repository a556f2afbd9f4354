import { createSecretKey } from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import type { Claim, Frame } from '../../../../src/layer2/ownership/frame.ts'
import { claimsPerFrame } from '../../../../src/layer2/ownership/timing.ts'
import { Assembly } from '../../../../src/layer2/wire/assembly.ts'
import { type Beat, decodeBeat, encodeBeat } from '../../../../src/layer2/wire/beat.ts'
import { BeatCodec } from '../../../../src/layer2/wire/codec.ts'
import { type Part, sealPart } from '../../../../src/layer2/wire/envelope.ts'
import { macBytes } from '../../../../src/layer2/wire/mac.ts'
import { Roster } from '../../../../src/layer2/wire/roster.ts'
import { aBeat, aFrame, beatOf, mac, namesIn, received } from './beats.ts'

const key = Buffer.alloc(32, 'key')
const sender = () => new BeatCodec(key, 'node1', new Roster())
const receiver = (roster = new Roster()) => new BeatCodec(key, 'node9', roster)

/** What comes of the last of these frames. */
function last(codec: BeatCodec, frames: readonly Uint8Array[]) {
  let result: ReturnType<BeatCodec['decode']>
  for (const frame of frames) result = codec.decode(received(frame), frame.length)
  return result
}

/** In as many parts as 500 members heard take. */
const longBeat = (changes: Partial<Frame> = {}): Beat =>
  beatOf({ heard: Array.from({ length: 500 }, (_, i) => ({ node: `n${i}`, incarnation: i, age: 100 })), ...changes })

function rosterFor(beat: Beat): Roster {
  const roster = new Roster()
  for (const name of namesIn(beat)) roster.learn(name)
  return roster
}

test('a heartbeat is received as it was sent, with its parts in any order', t => {
  fc.assert(
    fc.property(aBeat, fc.infiniteStream(fc.nat()), (beat, random) => {
      const shuffled = sender()
        .encode(beat)
        .map(frame => ({ frame, order: random.next().value as number }))
        .toSorted((a, b) => a.order - b.order)
        .map(({ frame }) => frame)
      t.deepEqual(last(receiver(rosterFor(beat)), shuffled), beat)
    }),
  )
})

test('what is on the wire, byte by byte', t => {
  const frames = sender().encode(
    beatOf({
      claims: [
        {
          vip: '192.0.2.16',
          owner: 'node1',
          incarnation: aFrame.incarnation,
          epoch: 3,
          state: 'offered',
          announced: true,
        },
      ],
    }),
  )
  const fields = [
    ['destination', 'ffffffffffff'],
    ['source', '02000000000a'],
    ['EtherType', '88b5'],
    ['version', '01'],
    ['part', '00'],
    ['of', '01'],
    // `printf node1 | sha256sum`, the first of it.
    ['sender', 'ca12f31b8cbf'],
    ['incarnation', '01a1ee565e00'],
    ['sequence', '00000007'],
    ['length', '0026'],
    ['name', '05 6e6f646531'],
    ['MAC', '02000000000a'],
    ['ready, able, with a digest', '15'],
    ['digest', 'deadbeef'],
    ['heard, ask, want, outdated', '0000 0000 0000 0000'],
    ['claims', '0001'],
    ['IPv4, of the sender, offered, announced', '19'],
    ['VIP', 'c0000210'],
    ['epoch', '00000003'],
    ['unseen', '0000'],
    ['tag', '796965ff0f506c22849a27393248bffd'],
  ]
  t.is(frames.length, 1)
  t.is(frames[0]?.toString('hex'), fields.map(([, hex]) => hex?.replaceAll(' ', '')).join(''))
})

test('the first frames are padded on some links', t => {
  const beat = beatOf()
  const [frame = Buffer.alloc(0)] = sender().encode(beat)
  t.deepEqual(receiver().decode(received(frame), frame.length + 20), beat)
})

test('a frame is heard only if the sender has the key', t => {
  const [frame = Buffer.alloc(0)] = sender().encode(beatOf())
  const stranger = new BeatCodec(Buffer.alloc(32, 'other'), 'node1', new Roster())
  t.is(last(receiver(), stranger.encode(beatOf())), 'BadHmac')
  const codec = receiver()
  for (let bit = 8 * 14; bit < 8 * frame.length; bit++) {
    const changed = Buffer.from(frame)
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
    t.true(['BadHmac', 'Truncated', 'UnknownVersion'].includes(codec.decode(received(changed), frame.length) as string))
  }
  t.deepEqual(
    codec.decode(received(frame), frame.length),
    beatOf(),
    'and none of these was in the way of the frame itself',
  )
})

test('random bytes are dropped by name', t => {
  const codec = receiver()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, looksRight) => {
      if (looksRight && bytes.length > 15) bytes.set([0x88, 0xb5, 1], 12)
      t.true(
        ['Truncated', 'UnknownType', 'UnknownVersion', 'BadHmac'].includes(
          codec.decode(received(bytes), bytes.length) as string,
        ),
      )
    }),
    { numRuns: 2_000 },
  )
})

test('what a sender with the key wrote wrong is malformed, or can be told on', t => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1 })
  let told = 0
  fc.assert(
    fc.property(aBeat, changes, fc.option(fc.nat()), (beat, changes, cut) => {
      const { node } = beat.frame
      const bytes = Buffer.from(encodeBeat(beat, new Roster()))
      // Behind the name, as for a wrong one nothing else is looked at.
      const start = 1 + node.length
      for (const [at, value] of changes) bytes[start + (at % (bytes.length - start))] = value
      const body = cut === null ? bytes : bytes.subarray(0, cut % bytes.length)
      const result = decodeBeat(body, new Roster().idOf(node), beat.frame, new Roster())
      if (result === undefined) return
      told += 1
      t.like(result.frame, { node, incarnation: beat.frame.incarnation, sequence: beat.frame.sequence })
      t.notThrows(() => encodeBeat(result, new Roster()))
    }),
    { numRuns: 1_000 },
  )
  t.not(told, 0)
})

const seal = (part: Partial<Part>): Buffer =>
  sealPart({ ...partOf(beatOf()), ...part }, macBytes(mac), createSecretKey(key))

/** The body of a heartbeat with one claim, and other bytes at its end. */
function bodyWith(vip: string, state: number | undefined, bytes?: string): Buffer {
  const claim: Claim = {
    vip,
    owner: 'node1',
    incarnation: aFrame.incarnation,
    epoch: 1,
    state: 'held',
    announced: true,
  }
  const body = Buffer.from(encodeBeat(beatOf({ claims: [claim] }), new Roster()))
  const at = body.length - 2 - 4 - (vip.includes(':') ? 16 : 4)
  if (state !== undefined) body[at - 1] = state
  if (bytes !== undefined) Buffer.from(bytes, 'hex').copy(body, at)
  return body
}

for (const [what, part] of [
  ['of a sender that is not who it says it is', { sender: 1 }],
  ['that is a part beyond the last', { index: 1 }],
  ['without anything', { fragment: Buffer.alloc(0) }],
  ['with a claim that is in no state', { fragment: bodyWith('192.0.2.1', 0x0b) }],
  [
    'with a claim to an IPv4 address in the form of IPv6',
    { fragment: bodyWith('2001:db8::1', undefined, '00'.repeat(10) + 'ffff') },
  ],
] as const) {
  test(`malformed: a frame ${what}`, t => {
    const frame = seal({ fragment: bodyWith('192.0.2.1', undefined), ...part })
    t.is(receiver().decode(received(frame), frame.length), 'Malformed')
  })
}

test('what follows a heartbeat is left to later versions', t => {
  const frame = seal({ fragment: Buffer.concat([bodyWith('192.0.2.1', undefined), Buffer.from('later')]) })
  t.like(receiver().decode(received(frame), frame.length), { mac })
})

test('parts that disagree on how many there are make no heartbeat', t => {
  const codec = receiver()
  const decode = (part: Partial<Part>) => {
    const frame = seal({ fragment: Buffer.alloc(1), ...part })
    return codec.decode(received(frame), frame.length)
  }
  t.is(decode({ index: 0, count: 3 }), undefined)
  t.is(decode({ index: 1, count: 2 }), 'Malformed')
})

test('of more senders than there can be the one that was silent for longest is forgotten', t => {
  const assembly = new Assembly()
  const add = (sender: number, sequence: number) => assembly.add({ ...partOf(beatOf()), sender, sequence })
  for (let sender = 0; sender < 8_192; sender++) t.true(Buffer.isBuffer(add(sender, 1)))
  t.true(Buffer.isBuffer(add(0, 2)))
  t.true(Buffer.isBuffer(add(9_999, 1)))
  t.is(add(0, 2), 'Replayed')
  t.is(add(2, 1), 'Replayed')
  t.true(Buffer.isBuffer(add(1, 1)))
})

test('the own frames are dropped when they come back', t => {
  t.is(last(new BeatCodec(key, 'node1', new Roster()), sender().encode(beatOf())), 'FromSelf')
})

test('what came before is a replay', t => {
  const codec = receiver()
  const at = (sequence: number, incarnation = 5) => sender().encode(beatOf({ sequence, incarnation }))
  t.like(last(codec, at(3)), { mac })
  t.is(last(codec, at(3)), 'Replayed')
  t.is(last(codec, at(2)), 'Replayed')
  t.like(last(codec, at(4)), { mac })
  t.like(last(codec, at(0, 6)), { mac }, 'a new incarnation counts anew')
  t.like(last(codec, at(9, 5)), { mac }, 'what is to be said to an old one is not decided here')
  t.is(last(codec, at(0, 6)), 'Replayed')
})

test('parts of an older heartbeat are dropped, and those of a newer one take its place', t => {
  const older = sender().encode(longBeat({ sequence: 1 }))
  const newer = sender().encode(longBeat({ sequence: 2 }))
  const codec = receiver(rosterFor(longBeat()))
  t.is(last(codec, older.slice(0, -1)), undefined)
  t.is(last(codec, newer.slice(0, 1)), undefined)
  t.is(last(codec, older.slice(-1)), 'Replayed')
  t.is(last(codec, newer.slice(0, 1)), 'Replayed')
  t.deepEqual(last(codec, newer.slice(1)), longBeat({ sequence: 2 }))
  t.is(last(codec, sender().encode(longBeat({ incarnation: 1 }))), 'Replayed')
})

test('parts without the key, and those of others, are in nobody’s way', t => {
  const beat = longBeat()
  const codec = receiver(rosterFor(beat))
  const hostile = new BeatCodec(Buffer.alloc(32), 'node1', new Roster()).encode(longBeat({ sequence: 99 }))
  const other = sender().encode(longBeat({ node: 'node2', sequence: 99 }))
  const frames = sender().encode(beat)
  for (const [index, frame] of frames.slice(0, -1).entries()) {
    t.is(last(codec, [frame]), undefined)
    t.is(last(codec, [hostile[index] as Buffer]), 'BadHmac')
    t.is(last(codec, [other[index] as Buffer]), undefined)
  }
  t.deepEqual(last(codec, frames.slice(-1)), beat)
})

test('nodes that nobody named have names that no node can have, and are told on as they were', t => {
  const roster = new Roster()
  const result = last(receiver(roster), sender().encode(beatOf({ ask: ['node2', 'node3'] }))) as Beat
  t.deepEqual(
    result.frame.ask.map(name => name.length),
    [13, 13],
  )
  for (const name of result.frame.ask) t.regex(name, /^\?[0-9a-f]{12}$/)
  const again = beatOf({ node: 'node5', ask: result.frame.ask })
  roster.learn('node2')
  const heard = last(receiver(roster), new BeatCodec(key, 'node5', roster).encode(again)) as Beat
  t.deepEqual(heard.frame.ask, ['node2', result.frame.ask[1]])
  last(receiver(roster), sender().encode(beatOf({ node: 'node3' })))
  t.deepEqual(roster.nameOf(roster.idOf(result.frame.ask[1] as string)), 'node3', 'who sends is known from then on')
})

test('capacity: what 500 members and 10,000 VIPs take', t => {
  const claims = (count: number, prefix: string): readonly Claim[] =>
    Array.from({ length: count }, (_, i) => {
      const own = { owner: 'node1', incarnation: aFrame.incarnation }
      return {
        ...own,
        vip: prefix + (prefix.includes(':') ? i : `${i >> 8}.${i & 255}`),
        epoch: 1,
        state: 'held',
        announced: true,
      }
    })
  const listOf = (claims: readonly Claim[]): readonly Beat[] =>
    Array.from({ length: claims.length / claimsPerFrame }, (_, i) =>
      beatOf({ claims: claims.slice(i * claimsPerFrame, (i + 1) * claimsPerFrame) }),
    )
  for (const [what, beats, frames, bytes] of [
    ['a quiet heartbeat', [beatOf()], 1, 80],
    ['500 members heard', [longBeat()], 6, 6_835],
    ['10,000 claims, IPv4', listOf(claims(10_000, '10.0.')), 250, 110_000],
    ['10,000 claims, IPv6', listOf(claims(10_000, '2001:db8::')), 250, 230_000],
  ] as const) {
    const sent = beats.flatMap(beat => sender().encode(beat))
    t.deepEqual([sent.length, sent.reduce((sum, { length }) => sum + length, 0)], [frames, bytes], what)
  }
})

function partOf({ frame }: Beat): Part {
  const { incarnation, sequence } = frame
  return { sender: new Roster().idOf(frame.node), incarnation, sequence, index: 0, count: 1, fragment: Buffer.alloc(0) }
}
