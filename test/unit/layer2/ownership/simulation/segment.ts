/** A simulated segment: stations, what the network does to their frames, and time. Discrete events, no real clock. */
import TinyQueue from 'tinyqueue'
import type { Candidacy } from '../../../../../src/layer2/ownership/candidacy.ts'
import type { Effect } from '../../../../../src/layer2/ownership/effect.ts'
import type { Frame } from '../../../../../src/layer2/ownership/frame.ts'
import { Member } from '../../../../../src/layer2/ownership/member.ts'
import type { Random } from './random.ts'

/** Milliseconds between two turns of a station's loop. */
const LOOP_MS = 10
/** What it takes to know that nobody else has a VIP. */
const PROBING_MS = 260

export interface Station {
  readonly name: string
  /** Absent: the process is not running. */
  member: Member | undefined
  pausedSince: number | undefined
  carrier: boolean
  /** What its loop is late by, each time: at most so many milliseconds. Frames wait for it, too. */
  lag: number
  /** Its monotonic clock runs this much faster than time. */
  rate: number
  /** Its wall clock, of which a starting process makes its incarnation, is off by so many milliseconds. */
  skew: number
  /** When something last happened to it that may explain anything (milliseconds). */
  disturbedAt: number
  readonly inbox: Frame[]
  /** When what it sent last arrives at each of the others. */
  readonly arrivals: Map<Station, number>
  /** What its switch's port counts. */
  port: { second: number; frames: number }
}

export interface Observer {
  /** After each event; `disturbed` if it was more than a frame or a turn of a loop. */
  readonly looked: (now: number, disturbed: boolean) => void
  readonly happened: (station: Station, effect: Effect, now: number) => void
}

export class Segment {
  now = 0
  readonly stations = new Map<string, Station>()
  /** Probability that a frame gets lost on its way to one receiver. */
  loss = 0
  /** Probability that a frame may be overtaken by, or overtake, others. */
  reordered = 0
  /** Directed, `from>to`. */
  readonly blocked = new Set<string>()
  /** Nothing they send arrives anywhere. */
  readonly mute = new Set<string>()
  /** Nothing arrives at them. */
  readonly deaf = new Set<string>()
  /** The API server's records: the owner of each VIP. */
  readonly records = new Map<string, string>()
  /** The stations do not hear each other, and their clients hear all of them. */
  clientsMeet = false
  /** VIPs that a stranger has: they are owned, and not announced. */
  readonly strangers = new Set<string>()
  /** No client says anything. */
  quiet = false
  /** Whoever records all frames, to replay them. */
  recorder: ((frame: Frame) => void) | undefined
  /** How fast the next station's clock runs. */
  rate: () => number = () => 1
  /** Frames that a switch lets through from each port in a second. */
  stormLimit = Number.POSITIVE_INFINITY
  frames = 0
  observer: Observer = { looked: () => undefined, happened: () => undefined }
  readonly #random: Random
  readonly #queue = new TinyQueue<{ at: number; order: number; run: () => void }>(
    [],
    (a, b) => a.at - b.at || a.order - b.order,
  )
  #order = 0
  #disturbed = false
  #candidates = new Map<string, ReadonlySet<string>>()

  constructor(random: Random) {
    this.#random = random
  }

  at(time: number, run: () => void): void {
    this.#queue.push({ at: time, order: this.#order++, run })
  }

  run(until: number): void {
    for (let next = this.#queue.peek(); next && next.at <= until; next = this.#queue.peek()) {
      this.#queue.pop()
      this.now = next.at
      next.run()
      this.observer.looked(this.now, this.#disturbed)
      this.#disturbed = false
    }
    this.now = until
  }

  station(name: string): Station {
    const found = this.stations.get(name)
    if (!found) throw new Error(`no station ${name}`)
    return found
  }

  /** Something happens to these stations, all of them by default, that explains what they do next. */
  disturb(names: Iterable<string> = this.stations.keys()): void {
    for (const name of names) this.station(name).disturbedAt = this.now
    this.#disturbed = true
  }

  get candidates(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#candidates
  }

  /** @param unaware stations that the API server's news do not reach */
  setCandidates(candidates: ReadonlyMap<string, ReadonlySet<string>>, unaware: ReadonlySet<string> = new Set()): void {
    this.#candidates = new Map(candidates)
    for (const station of this.stations.values()) {
      if (unaware.has(station.name)) continue
      // Watches are not equally quick.
      this.at(this.now + this.#random.between(0, 20), () => this.#brief(station))
    }
  }

  start(name: string): void {
    const station = this.stations.get(name) ?? {
      name,
      member: undefined,
      pausedSince: undefined,
      carrier: true,
      lag: 0,
      rate: this.rate(),
      skew: 0,
      disturbedAt: 0,
      inbox: [],
      arrivals: new Map(),
      port: { second: 0, frames: 0 },
    }
    this.stations.set(name, station)
    this.disturb([name])
    station.pausedSince = undefined
    station.inbox.length = 0
    const incarnation = Math.max(1, Math.floor(1_000_000 + this.now + station.skew))
    const member = new Member({ node: name, incarnation }, this.#clock(station))
    station.member = member
    if (!station.carrier) this.#act(station, member.setCarrier(false, this.#clock(station)))
    this.#act(station, member.update(this.#news(station, this.#candidates.keys()), this.#clock(station)))
    this.at(this.now + this.#random.between(0, LOOP_MS), () => this.#loop(station, member))
  }

  kill(name: string): void {
    const station = this.station(name)
    station.member = undefined
    this.disturb([station.name])
  }

  pause(name: string, length: number): void {
    const station = this.station(name)
    if (!station.member || station.pausedSince !== undefined) return
    const { member } = station
    station.pausedSince = this.now
    this.disturb([station.name])
    this.at(this.now + length, () => {
      if (station.member !== member) return
      station.pausedSince = undefined
      this.disturb([station.name])
      this.#turn(station, member)
    })
  }

  setCarrier(name: string, up: boolean): void {
    const station = this.station(name)
    station.carrier = up
    this.disturb([station.name])
    this.#tell(station, member => member.setCarrier(up, this.#clock(station)))
  }

  setAble(name: string, able: boolean): void {
    const station = this.station(name)
    this.disturb([station.name])
    this.#tell(station, member => member.setAble(able, this.#clock(station)))
  }

  /** Runs until the member is gone, then `after`. */
  leave(name: string, after: () => void): void {
    const station = this.station(name)
    this.disturb([station.name])
    const { member } = station
    if (!member) return
    this.#tell(station, leaving => leaving.leave(this.#clock(station)))
    const wait = () => {
      if (station.member !== member) return
      if (member.phase !== 'gone') return this.at(this.now + LOOP_MS, wait)
      this.kill(name)
      after()
    }
    this.at(this.now + LOOP_MS, wait)
  }

  /** Whether frames of one reach the other, both ways and by themselves. */
  connected(a: string, b: string): boolean {
    return this.#passes(a, b) && this.#passes(b, a)
  }

  /** The stations whose clients are this one's: all that it is connected to, if by way of others. */
  partOf(name: string): readonly string[] {
    if (this.clientsMeet) return [...this.stations.keys()]
    const part = new Set([name])
    for (const from of part) for (const to of this.stations.keys()) if (this.connected(from, to)) part.add(to)
    return [...part]
  }

  #passes(from: string, to: string): boolean {
    return (
      this.station(from).carrier &&
      this.station(to).carrier &&
      !this.mute.has(from) &&
      !this.deaf.has(to) &&
      !this.blocked.has(`${from}>${to}`)
    )
  }

  #brief(station: Station, vips: Iterable<string> = this.#candidates.keys()): void {
    this.#tell(station, member => member.update(this.#news(station, vips), this.#clock(station)))
  }

  /** What the API server would tell a station. */
  #news({ name }: Station, vips: Iterable<string>): ReadonlyMap<string, Candidacy> {
    const of = (vip: string) => {
      const candidates = this.#candidates.get(vip) ?? new Set<string>()
      const owner = this.records.get(vip)
      const ownedElsewhere = owner !== undefined && owner !== name && this.stations.get(owner)?.member !== undefined
      return [vip, { candidates, weights: new Map<string, number>(), ownedElsewhere }] as const
    }
    return new Map(Array.from(vips, of))
  }

  /** What a manager tells its responder waits while that is paused. */
  #tell(station: Station, what: (member: Member) => readonly Effect[]): void {
    const { member } = station
    if (!member) return
    if (station.pausedSince === undefined) this.#act(station, what(member))
    else this.at(this.now + LOOP_MS, () => station.member === member && this.#tell(station, what))
  }

  #loop(station: Station, member: Member): void {
    if (station.member !== member) return
    if (station.pausedSince === undefined) {
      if (!this.quiet && station.carrier && !this.deaf.has(station.name)) member.notice(this.#clock(station))
      this.#turn(station, member)
    }
    this.at(this.now + LOOP_MS + this.#random.between(0, station.lag), () => this.#loop(station, member))
  }

  #turn(station: Station, member: Member): void {
    if (member.wake(this.#clock(station))) station.inbox.length = 0
    for (const frame of station.inbox.splice(0)) this.#act(station, member.receive(frame, this.#clock(station)))
    this.#act(station, member.tick(this.#clock(station)))
  }

  /** What a station's monotonic clock says. */
  #clock({ rate }: Station): number {
    return this.now * rate
  }

  #act(station: Station, effects: readonly Effect[]): void {
    for (const effect of effects) {
      this.observer.happened(station, effect, this.now)
      if (effect.type === 'own') this.#own(station, effect)
      if (effect.type === 'send') this.#broadcast(station, effect.frame)
    }
  }

  /** What nobody has announced yet is probed first. */
  #own(station: Station, { vip, cause }: Effect & { type: 'own' }): void {
    const { member } = station
    const announce = () => {
      if (station.member === member && !this.strangers.has(vip)) member?.announced(vip, this.#clock(station))
    }
    if (cause === 'Vacant') this.at(this.now + PROBING_MS, announce)
    else announce()
    this.#record(vip, station.name)
  }

  #record(vip: string, owner: string): void {
    this.records.set(vip, owner)
    for (const station of this.stations.values()) {
      this.at(this.now + this.#random.between(10, 100), () => this.#brief(station, [vip]))
    }
  }

  #broadcast(from: Station, frame: Frame): void {
    this.frames += 1
    if (!this.#passesStormControl(from)) return
    this.recorder?.(frame)
    for (const to of this.stations.values()) {
      if (to === from || !this.#passes(from.name, to.name) || this.#random.chance(this.loss)) continue
      const arrival = this.now + this.#random.between(0.05, 5)
      // Frames do not overtake each other, as on Ethernet.
      const at = this.#random.chance(this.reordered) ? arrival : Math.max(arrival, from.arrivals.get(to) ?? 0)
      from.arrivals.set(to, at)
      this.at(at, () => this.#deliver(to, frame))
    }
  }

  /** Somebody else's frame, or a copy, which reaches all. */
  inject(frame: Frame): void {
    for (const to of this.stations.values())
      this.at(this.now + this.#random.between(0.05, 5), () => this.#deliver(to, frame))
  }

  #passesStormControl(from: Station): boolean {
    const second = Math.floor(this.now / 1_000)
    if (from.port.second !== second) from.port = { second, frames: 0 }
    from.port.frames += 1
    return from.port.frames <= this.stormLimit
  }

  #deliver(to: Station, frame: Frame): void {
    if (!to.member || !to.carrier) return
    if (to.pausedSince !== undefined || to.lag > 0) to.inbox.push(frame)
    else this.#act(to, to.member.receive(frame, this.#clock(to)))
  }
}
