/** What many members and VIPs cost on the segment: frames, which is what every one of them has to read. */
import test, { type ExecutionContext } from 'ava'
import { claimsPerFrame, repeats, speakers, timing } from '../../../../src/layer2/ownership/timing.ts'
import { Random } from './simulation/random.ts'
import { Segment } from './simulation/segment.ts'

/** A segment, and a count of what is sent on it and of who has what. */
function build(t: ExecutionContext, members: number, vips: number) {
  const segment = new Segment(new Random(1))
  const names = Array.from({ length: members }, (_, i) => `node${i}`)
  const owners = new Map(Array.from({ length: vips }, (_, i) => [`10.1.${i >> 8}.${i & 255}`, new Set<string>()]))
  let frames = 0
  segment.observer = {
    looked: () => undefined,
    happened: ({ name }, effect) => {
      if (effect.type === 'send') frames += 1
      else if (effect.type === 'own') owners.get(effect.vip)?.add(name)
      else owners.get(effect.vip)?.delete(name)
    },
  }
  segment.setCandidates(new Map(Array.from(owners.keys(), vip => [vip, new Set(names)])))
  return {
    segment,
    names,
    /** Frames that all of them send until then. */
    framesUntil: (end: number) => {
      const before = frames
      segment.run(end)
      return frames - before
    },
    has: (name: string) => [...owners.values()].filter(of => of.has(name)).length,
    kill: (name: string) => {
      segment.kill(name)
      for (const of of owners.values()) of.delete(name)
    },
    assertOneOwnerEach: () => {
      for (const [vip, of] of owners) t.is(of.size, 1, vip)
    },
  }
}

const beats = (members: number, length: number) => (members * length) / timing.beat

/** Frames in which members say claims, so many of them in all: each says its own, and the last frame is not full. */
const framesOf = (claims: number, members: number) => Math.ceil(claims / claimsPerFrame) + members

for (const [members, vips] of [
  [40, 2_000],
  [3, 5_000],
] as const) {
  const what = `${members} members and ${vips} VIPs`

  test(`${what}: heartbeats when nothing happens; what changes is said ${repeats} times, and no more`, t => {
    const { segment, names, framesUntil, has, kill, assertOneOwnerEach } = build(t, members, vips)
    for (const name of names) segment.at(segment.now, () => segment.start(name))
    const cold = framesUntil(2_000)
    assertOneOwnerEach()
    const said = (repeats + 1) * framesOf(vips, members)
    t.true(cold <= beats(members, 2_000) + said + 4 * members, `${cold} in a cold start`)

    const quiet = framesUntil(4_000)
    t.true(quiet <= beats(members, 2_000) + members, `${quiet} in two quiet seconds`)

    const lost = has('node1')
    kill('node1')
    const failover = framesUntil(5_000)
    assertOneOwnerEach()
    const asked = 2 * speakers * (timing.verdict / timing.hurry + 1)
    const searched = Math.min(speakers, members - 1) * (1_000 / timing.search.every)
    t.true(
      failover <= beats(members, 1_000) + repeats * framesOf(lost, members) + asked + searched,
      `${failover} in a failover of ${lost}`,
    )

    segment.start('node1')
    const join = framesUntil(6_000)
    assertOneOwnerEach()
    t.is(has('node1'), 0, 'who comes back takes nothing')
    t.true(join <= beats(members, 1_000) + 2 * framesOf(1.25 * vips, members) + members, `${join} in a join`)
  })
}
