/** Nodes on one wire, and what happens to them. Time and wire are the test's. */
import test from 'ava'
import fc from 'fast-check'
import { memberName } from '../../../src/layer2/ownership/name.ts'
import type { ResponderEvent, Vip } from '../../../src/layer2/responder.ts'
import { Segment } from '../../../src/layer2/segment.ts'
import { client, frames, node } from './wire/frames.ts'

const families = [4, 6] as const
const key = Buffer.alloc(32, 7)
const both = families.map(family => frames[family].vip)

const vip = (candidates: readonly string[], more: Partial<Vip> = {}): Vip => ({
  interfaces: ['eth0'],
  candidates: new Set(candidates),
  weights: new Map(),
  ownedElsewhere: false,
  ...more,
})

/** A node on a wire, and all that came of it. */
class Station {
  readonly segment: Segment
  readonly events: ResponderEvent[] = []
  readonly counted = new Map<string, number>()
  sent: Buffer[] = []

  constructor(name: string, now: number, more: { readonly key?: Uint8Array } = {}) {
    const count = (what: string, by: number) => this.counted.set(what, (this.counted.get(what) ?? 0) + by)
    const options = { interface: 'eth0', node: name, key, incarnation: 1, random: () => 0.5, count, ...more }
    this.segment = new Segment(options, now)
  }

  /** What is sent at this call. */
  take(): readonly Buffer[] {
    const taken: Buffer[] = []
    for (const output of this.segment.outputs()) {
      if (output.type === 'frame') taken.push(output.frame)
      else this.events.push(output)
    }
    this.sent.push(...taken)
    return taken
  }

  /** The reply to a frame, if there is one. */
  ask(frame: Buffer, now: number): Buffer | undefined {
    const buffer = Buffer.alloc(2_048)
    frame.copy(buffer)
    const length = this.segment.receive(buffer, frame.length, now)
    return length === 0 ? undefined : Buffer.from(buffer.subarray(0, length))
  }

  owned(): readonly string[] {
    const owned = new Set<string>()
    for (const event of this.events) {
      if (event.type === 'owned') owned.add(event.address)
      else if (event.type === 'yielded') owned.delete(event.address)
    }
    return [...owned].toSorted()
  }

  last(type: ResponderEvent['type']): ResponderEvent | undefined {
    return this.events.findLast(event => event.type === type)
  }
}

/** Lets time pass on a wire that loses nothing: what one sends the others receive at once. */
function pass(stations: readonly Station[], from: number, until: number): void {
  for (let now = from; now <= until; now += 10) {
    for (const station of stations) {
      station.segment.wake(now)
      station.segment.tick(now)
    }
    for (let busy = true; busy; ) {
      const sent = stations.map(station => station.take())
      busy = sent.some(frames => frames.length > 0)
      for (const [i, frames] of sent.entries()) {
        for (const [j, station] of stations.entries()) if (i !== j) for (const frame of frames) station.ask(frame, now)
      }
    }
  }
}

const macOf = (i: number) => (i === 0 ? node : `02:00:00:00:00:${i.toString(16).padStart(2, '0')}`)

function begin(
  stations: readonly Station[],
  vips: readonly string[],
  more: Partial<Vip> = {},
  names = ['a', 'b'],
): void {
  for (const [i, { segment }] of stations.entries()) {
    segment.setLink({ mac: macOf(i), up: true }, 0)
    segment.update(new Map(vips.map(address => [address, vip(names, more)])), 0)
  }
}

/** A node that has both VIPs, at 2 s. */
function alone(): Station {
  const station = new Station('a', 0)
  begin([station], both, {}, ['a'])
  pass([station], 0, 2_000)
  return station
}

for (const family of families) {
  const { vip: address, request } = frames[family]

  test(`IPv${family}: who is no candidate answers nothing`, t => {
    const station = new Station('a', 0)
    begin([station], [address], {}, ['b', 'c'])
    pass([station], 0, 5_000)
    t.is(station.ask(request, 5_001), undefined)
    t.deepEqual(station.owned(), [])
  })

  test(`30: IPv${family}: a stranger that has it is told, and it is not answered for`, t => {
    const station = new Station('a', 0)
    begin([station], [address], {}, ['a'])
    const theirs = new Station('stranger', 0, { key: Buffer.alloc(32, 9) })
    // Another cluster's node: it has the VIP already.
    begin([theirs], [address], {}, ['stranger'])
    theirs.segment.setLink({ mac: client, up: true }, 0)
    pass([theirs], 0, 2_000)
    for (let now = 0; now < 2_000; now += 10) {
      station.segment.tick(now)
      for (const frame of station.take()) {
        const answer = theirs.ask(frame, 2_000)
        if (answer) station.ask(answer, now)
      }
    }
    t.is(station.ask(request, 2_000), undefined)
    t.deepEqual(station.last('conflict'), { type: 'conflict', address, interface: 'eth0', mac: client })
    t.deepEqual(station.owned(), [])
  })
}

test('after a pause nothing is answered until it is known who has what', t => {
  const station = alone()
  t.true(station.segment.wake(2_400))
  t.is(station.ask(frames[4].request, 2_400), undefined)
  station.take()
  t.like(station.last('yielded'), { cause: 'TimeLost' })
  pass([station], 2_400, 4_000)
  t.deepEqual(station.owned(), both.toSorted())
})

test('29: without a carrier nothing is sent or answered; with it back it begins anew', t => {
  const station = alone()
  station.segment.setLink({ mac: node, up: false }, 2_001)
  station.take()
  t.deepEqual(station.owned(), [])
  station.sent = []
  pass([station], 2_010, 3_000)
  t.deepEqual(station.sent, [])
  station.segment.setLink({ mac: node, up: true }, 3_001)
  pass([station], 3_010, 5_000)
  t.deepEqual(station.owned(), both.toSorted())
})

test('25: two nodes with one key share the VIPs, and each has one owner', t => {
  const vips = Array.from({ length: 40 }, (_, i) => [`192.0.2.${i}`, `2001:db8::${i + 1}`]).flat()
  const stations = [new Station('a', 0), new Station('b', 0)]
  begin(stations, vips)
  pass(stations, 0, 5_000)
  const [a, b] = stations.map(station => station.owned()) as [readonly string[], readonly string[]]
  t.deepEqual([...a, ...b].toSorted(), vips.toSorted())
  t.true(a.length > 20 && b.length > 20, `${a.length} and ${b.length}`)
})

test('28: what a dead node had is announced by another, which tells how long after it found that', t => {
  const vips = Array.from({ length: 20 }, (_, i) => `192.0.2.${i}`)
  const [dies, lives] = [new Station('a', 0), new Station('b', 0)]
  begin([dies, lives], vips)
  pass([dies, lives], 0, 5_000)
  const moved = dies.owned().length
  t.is(dies.counted.get('Owned'), moved)
  t.is(lives.last('failedOver'), undefined, 'what nobody had before is no failover')
  pass([lives], 5_010, 6_000)
  const told = lives.events.flatMap(event => (event.type === 'failedOver' ? event.milliseconds : []))
  t.is(told.length, moved)
  t.true(
    told.every(milliseconds => milliseconds >= 0 && milliseconds <= 100),
    told.join(),
  )
  t.is(lives.counted.get('Owned'), vips.length)
})

test('25: a node with two interfaces on the segment answers on one of them, and on the other once that is gone', t => {
  const vips = Array.from({ length: 20 }, (_, i) => `192.0.2.${i}`).toSorted()
  const [first, second, other] = [new Station('a', 0), new Station(memberName('a', 'eth1'), 0), new Station('b', 0)]
  const stations = [first, second, other]
  begin(stations, vips)
  pass(stations, 0, 5_000)
  t.deepEqual(stations.flatMap(station => station.owned()).toSorted(), vips)
  t.true(stations.every(({ events }) => events.every(({ type }) => type === 'owned')))
  first.segment.setLink({ mac: node, up: false }, 5_001)
  pass([second, other], 5_010, 6_000)
  t.deepEqual([...second.owned(), ...other.owned()].toSorted(), vips)
})

test('nodes with different keys do not hear each other', t => {
  const stations = [new Station('a', 0), new Station('b', 0, { key: Buffer.alloc(32, 8) })]
  begin(stations, [])
  pass(stations, 0, 1_000)
  for (const { counted } of stations) {
    t.true((counted.get('BadHmac') ?? 0) > 5)
    t.is(counted.get('BeatsReceived'), undefined)
  }
})

test('leaving: handed over before it is gone, and answered until then', t => {
  const vips = Array.from({ length: 20 }, (_, i) => `192.0.2.${i}`).toSorted()
  const stations = [new Station('a', 0), new Station('b', 0)] as const
  begin(stations, vips)
  pass(stations, 0, 5_000)
  const [leaving, other] = stations
  t.true(leaving.owned().length > 0)
  leaving.segment.leave(5_001)
  t.true(leaving.segment.isLeaving)
  for (let now = 5_010; !leaving.segment.isGone; now += 10) {
    pass(stations, now, now)
    t.deepEqual([...new Set([...leaving.owned(), ...other.owned()])].toSorted(), vips)
    t.true(now < 7_000)
  }
  t.deepEqual(leaving.owned(), [])
  t.is(leaving.counted.get('Owned'), 0)
  t.deepEqual(other.owned(), vips)
})

test('36: random frames are counted, change nothing and are not answered', t => {
  const station = alone()
  const noise = fc.uint8Array({ minLength: 0, maxLength: 200 }).map(Buffer.from)
  const types = fc.constantFrom(Buffer.from('0806', 'hex'), Buffer.from('86dd', 'hex'), Buffer.from('88b5', 'hex'))
  const typed = fc.tuple(types, noise).map(([type, rest]) => Buffer.concat([Buffer.alloc(12, 0xff), type, rest]))
  const valid = fc.constantFrom(...families.flatMap(family => Object.values(frames[family])).filter(Buffer.isBuffer))
  const changed = fc.tuple(valid, fc.nat(), fc.integer({ min: 1, max: 255 })).map(([frame, at, by]) => {
    const copy = Buffer.from(frame)
    // Not who asks or is asked, which would be another question in order.
    const place = [12, 13, 14, 15, 16, 17, 18, 19, 20, 21][at % 10] as number
    copy[place] = (copy[place] as number) ^ by
    return copy
  })
  const told = station.events.length
  fc.assert(
    fc.property(fc.oneof(noise, typed), frame => {
      t.is(station.ask(frame, 2_001), undefined)
    }),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(changed, frame => {
      t.notThrows(() => station.ask(frame, 2_001))
    }),
  )
  station.take()
  t.is(station.events.length, told)
  t.true([...station.counted.values()].reduce((sum, count) => sum + count, 0) >= 2_000)
})
