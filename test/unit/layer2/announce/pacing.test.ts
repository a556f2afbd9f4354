import test from 'ava'
import fc from 'fast-check'
import { Agenda } from '../../../../src/layer2/announce/agenda.ts'
import { Play } from './play.ts'

const vipAt = (i: number): string => (i % 2 === 0 ? `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` : `2001:db8::${i}`)

/** The most frames within any so many milliseconds. */
function most(happened: Play['happened'], within: number): number {
  const times = happened.filter(({ type }) => type === 'announce' || type === 'probe').map(({ at }) => at)
  let start = 0
  return times.reduce((most, at, end) => {
    while ((times[start] as number) <= at - within) start += 1
    return Math.max(most, end - start + 1)
  }, 0)
}

/** Of the urgent 40,000 a second and 500 at once, of the others 5,000 and 100. */
const mostIn100ms = 4_500 + 600

for (const [count, milliseconds] of [
  [1, 0],
  [1_000, 20],
  [10_000, 250],
] as const) {
  test(`26, 32: ${count} VIPs that are taken over together are all announced after ${milliseconds} ms`, t => {
    const play = new Play()
    for (let i = 0; i < count; i++) play.announcer.own(vipAt(i), 'OwnerLost', 0)
    play.pass(milliseconds)
    const announced = new Set(play.happened.filter(({ type }) => type === 'announce').map(({ vip }) => vip))
    t.is(announced.size, count)
    t.is(play.happened.filter(({ type }) => type === 'answer').length, count)
    play.pass(20_000)
    for (let i = 0; i < count; i += 97) t.is(play.times('announce', vipAt(i)).length, 4)
    t.true(most(play.happened, 100) <= mostIn100ms)
  })
}

test('32: refreshments of 10,000 VIPs spread over the minute', t => {
  const play = new Play()
  let seed = 1
  play.random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  for (let i = 0; i < 10_000; i++) play.announcer.own(vipAt(i), 'OwnerLost', 0)
  play.pass(40_000)
  const start = play.happened.length
  play.pass(40_000)
  const refreshed = play.happened.slice(start).filter(({ type }) => type === 'announce')
  t.is(new Set(refreshed.map(({ vip }) => vip)).size, 10_000)
  t.true(most(play.happened.slice(start), 1_000) < 2 * 1_000)
})

test('32: whatever comes and goes, every VIP that stays is announced in time, and no others, within the bounds of the segment', t => {
  const step = fc.record({
    wait: fc.nat(2_000),
    vips: fc.integer({ min: 1, max: 3_000 }),
    from: fc.nat(3_000),
    cause: fc.constantFrom('Vacant', 'OwnerLost', 'yield'),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.integer({ min: 1, max: 10 }), (steps, tick) => {
      const play = new Play(tick)
      const ownedSince = new Map<string, number>()
      let begun = 0
      for (const { wait, vips, from, cause } of steps) {
        for (let i = from; i < from + vips; i++) {
          const vip = vipAt(i)
          if (cause === 'yield') {
            if (ownedSince.delete(vip)) play.announcer.yield(vip, play.now)
          } else if (!ownedSince.has(vip)) {
            ownedSince.set(vip, play.now)
            begun += 1
            play.announcer.own(vip, cause, play.now)
          }
        }
        const before = play.happened.length
        play.pass(wait)
        t.true(play.happened.slice(before).every(({ vip }) => ownedSince.has(vip)))
      }
      // All of them may have had to be probed three times, then announced once.
      play.pass(200 + (3 * begun) / 5 + begun / 40 + 20 * tick)
      const announced = new Map(play.happened.flatMap(({ type, vip, at }) => (type === 'announce' ? [[vip, at]] : [])))
      for (const [vip, since] of ownedSince) t.true((announced.get(vip) ?? -1) >= since, vip)
      t.true(most(play.happened, 100) <= mostIn100ms)
    }),
    { numRuns: 30 },
  )
})

test('an agenda gives what a list that is searched each time gives', t => {
  const command = fc.oneof(
    fc.record({ vip: fc.constantFrom('a', 'b', 'c', 'd'), at: fc.option(fc.nat(20)) }),
    fc.record({ now: fc.nat(20) }),
  )
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), commands => {
      const agenda = new Agenda()
      const twin = new Map<string, number>()
      for (const command of commands) {
        if ('now' in command) {
          const due = [...twin].filter(([, at]) => at <= command.now)
          const earliest = Math.min(...due.map(([, at]) => at))
          const taken = agenda.take(command.now)
          t.is(taken === undefined, due.length === 0)
          if (taken === undefined) continue
          t.is(twin.get(taken), earliest)
          twin.delete(taken)
        } else if (command.at === null) {
          agenda.delete(command.vip)
          twin.delete(command.vip)
        } else {
          agenda.set(command.vip, command.at)
          twin.set(command.vip, command.at)
        }
      }
    }),
    { numRuns: 1_000 },
  )
})
