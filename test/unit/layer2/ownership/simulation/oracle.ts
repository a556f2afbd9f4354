/** What clients of the segment would see, and what must never be. */
import type { Effect } from '../../../../../src/layer2/ownership/effect.ts'
import type { Segment, Station } from './segment.ts'

/** How long the network has to have been as it is for what was before it to explain nothing (milliseconds). */
const SETTLED_MS = 3_000

export interface Findings {
  /**
   * Two nodes both answered for a VIP: the longest time (milliseconds). They hear each other, and one of them claimed it, or
   * they met again; or they do not hear each other both ways, and their clients hear both.
   */
  double: { claimed: number; healed: number; apart: number }
  /** Nobody answered though a candidate could: the longest time. */
  vacant: number
  /** A VIP was taken from a node to which nothing had happened. */
  moves: number
  /** What was found first of each, for people. */
  readonly notes: string[]
}

export class Oracle {
  readonly findings: Findings = { double: { claimed: 0, healed: 0, apart: 0 }, vacant: 0, moves: 0, notes: [] }
  readonly #segment: Segment
  /** What each station has, and since when. */
  readonly #own = new Map<string, Map<string, number>>()
  readonly #doubles = new Map<string, { readonly since: number; readonly kind: keyof Findings['double'] }>()
  readonly #vacancies = new Map<string, number>()
  readonly #connectedSince = new Map<string, number>()
  readonly #everOwned = new Set<string>()
  #lookedAt = 0
  #moved = false

  /** How long after a claim another may still claim as it has not heard of it (milliseconds). */
  readonly #unheard: number

  constructor(segment: Segment, unheard: number) {
    this.#unheard = unheard
    this.#segment = segment
    segment.observer = {
      looked: (now, disturbed) => this.#lookIfNews(now, disturbed),
      happened: (...what) => this.#happened(...what),
    }
  }

  /** The nodes that a client on the segment would get an answer from. */
  answering(vip: string): readonly string[] {
    return [...this.#segment.stations.values()].filter(station => this.#answers(station, vip)).map(({ name }) => name)
  }

  #answers(station: Station, vip: string): boolean {
    return this.#reachable(station) && (this.#own.get(station.name)?.has(vip) ?? false)
  }

  #reachable({ name, member, pausedSince, carrier }: Station): boolean {
    const { mute, deaf } = this.#segment
    return member !== undefined && pausedSince === undefined && carrier && !mute.has(name) && !deaf.has(name)
  }

  #happened(station: Station, effect: Effect, now: number): void {
    if (effect.type !== 'own' && effect.type !== 'yield') return
    this.#moved = true
    const own = this.#own.get(station.name) ?? new Map<string, number>()
    this.#own.set(station.name, own)
    if (effect.type === 'yield') own.delete(effect.vip)
    else {
      const robbed = this.answering(effect.vip).find(name => this.#isInnocent(name, effect.vip, now))
      if (robbed !== undefined && this.#segment.connected(robbed, station.name)) {
        this.findings.moves += 1
        this.#note(`${now.toFixed(1)}: ${station.name} took ${effect.vip} from ${robbed} (${effect.cause})`)
      }
      own.set(effect.vip, now)
      this.#everOwned.add(effect.vip)
    }
  }

  /** Nothing happened to it lately, it may have the VIP, and has it for so long that all know. */
  #isInnocent(name: string, vip: string, now: number): boolean {
    const station = this.#segment.station(name)
    if (now - (this.#own.get(name)?.get(vip) ?? now) < this.#unheard) return false
    return now - station.disturbedAt > SETTLED_MS && (this.#segment.candidates.get(vip)?.has(name) ?? false)
  }

  /** Between two changes nothing begins or ends, but that stations get ready. */
  #lookIfNews(now: number, disturbed: boolean): void {
    if (!disturbed && !this.#moved && now - this.#lookedAt < 50) return
    this.#lookedAt = now
    this.#moved = false
    this.#look(now)
  }

  #look(now: number): void {
    const stations = [...this.#segment.stations.values()]
    for (const station of stations) if (!station.member) this.#own.delete(station.name)
    const reachable = stations.filter(station => this.#reachable(station))
    this.#lookAtConnections(reachable, now)
    const parts = new Map(reachable.map(({ name }) => [name, this.#segment.partOf(name)]))
    for (const vip of this.#segment.candidates.keys()) {
      const answering = reachable.filter(({ name }) => this.#own.get(name)?.has(vip))
      this.#lookForDoubles(vip, answering, now)
      this.#lookForVacancy(vip, answering, reachable, parts, now)
    }
  }

  #lookAtConnections(reachable: readonly Station[], now: number): void {
    const seen = new Set<string>()
    for (const a of reachable) {
      for (const b of reachable) {
        const key = `${a.name} ${b.name}`
        if (a.name >= b.name || !this.#segment.connected(a.name, b.name)) continue
        seen.add(key)
        if (!this.#connectedSince.has(key)) this.#connectedSince.set(key, now)
      }
    }
    for (const key of this.#connectedSince.keys()) if (!seen.has(key)) this.#connectedSince.delete(key)
  }

  #lookForDoubles(vip: string, answering: readonly Station[], now: number): void {
    for (const [key, { since, kind }] of this.#doubles) {
      const [of, a, b] = key.split(' ')
      if (of !== vip) continue
      const lasting = now - since
      if (lasting > this.findings.double[kind]) {
        this.findings.double[kind] = lasting
        if (lasting > 50) this.#note(`${since.toFixed(1)}: ${vip} answered by ${a} and ${b} (${kind})`)
      }
      const names = new Set(answering.map(({ name }) => name))
      const isConnected = this.#connectedSince.has(`${a} ${b}`)
      const isOver = !names.has(a ?? '') || !names.has(b ?? '') || isConnected !== (kind !== 'apart')
      if (isOver) this.#doubles.delete(key)
    }
    for (const a of answering) {
      for (const b of answering) {
        const met = this.#connectedSince.get(`${a.name} ${b.name}`)
        const key = `${vip} ${a.name} ${b.name}`
        if (a.name >= b.name || this.#doubles.has(key)) continue
        if (met !== undefined) this.#doubles.set(key, { since: now, kind: now - met < 1_000 ? 'healed' : 'claimed' })
        else if (this.#segment.clientsMeet) this.#doubles.set(key, { since: now, kind: 'apart' })
      }
    }
  }

  /** Where the segment is in parts, each of them has its clients. A VIP that nobody ever had is in no hurry. */
  #lookForVacancy(
    vip: string,
    answering: readonly Station[],
    reachable: readonly Station[],
    parts: ReadonlyMap<string, readonly string[]>,
    now: number,
  ): void {
    const candidates = this.#segment.candidates.get(vip) ?? new Set()
    const served = new Set(answering.flatMap(({ name }) => parts.get(name) ?? []))
    const waiting = reachable.filter(
      ({ name, member }) => candidates.has(name) && member?.phase === 'ready' && !served.has(name),
    )
    const keys = new Set(waiting.map(({ name }) => `${vip} ${name}`))
    for (const key of this.#vacancies.keys())
      if (key.startsWith(`${vip} `) && !keys.has(key)) this.#vacancies.delete(key)
    if (!this.#everOwned.has(vip)) return
    for (const key of keys) {
      const since = this.#vacancies.get(key) ?? now
      this.#vacancies.set(key, since)
      if (now - since > 700 && this.findings.vacant <= 700) this.#note(`${since.toFixed(1)}: nobody answers for ${vip}`)
      this.findings.vacant = Math.max(this.findings.vacant, now - since)
    }
  }

  #note(text: string): void {
    if (this.findings.notes.length < 20) this.findings.notes.push(text)
  }
}
