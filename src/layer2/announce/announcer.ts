import type { Cause } from '../ownership/effect.ts'
import type { Claim } from '../ownership/frame.ts'
import type { Beat, Unseen } from '../wire/beat.ts'
import { TokenBucket } from './bucket.ts'
import type { AnnounceEffect } from './effect.ts'
import { Members } from './members.ts'
import { Probes } from './probes.ts'
import { Reports } from './reports.ts'
import { Schedule } from './schedule.ts'
import { Strangers } from './strangers.ts'
import { unhurried, urgent } from './timing.ts'
import { Troubles } from './troubles.ts'
import { Witness } from './witness.ts'

export interface AnnouncerOptions {
  /** This node's name. */
  readonly node: string
  /** Whether this node takes part in the VIP. */
  readonly knows: (vip: string) => boolean
  /** Whether by its heartbeats another member answers for the VIP. */
  readonly claims: (node: string, vip: string) => boolean
  /** From 0 to 1. */
  readonly random: () => number
}

/**
 * What a segment is told of the VIPs that this node owns, and what it tells of others that say they have them. No I/O and no
 * clock: times are milliseconds, monotonic. What is to be done is to be taken from `due`, at least every 10 ms and after each
 * call.
 */
export class Announcer {
  readonly #options: AnnouncerOptions
  readonly #members = new Members()
  readonly #schedule: Schedule
  readonly #probes = new Probes()
  readonly #strangers: Strangers
  readonly #witness: Witness
  readonly #reports = new Reports()
  readonly #troubles = new Troubles()
  readonly #urgent = new TokenBucket(urgent)
  readonly #unhurried = new TokenBucket(unhurried)
  readonly #owned = new Set<string>()
  #effects: AnnounceEffect[] = []

  constructor(options: AnnouncerOptions) {
    this.#options = options
    this.#schedule = new Schedule(options.random)
    this.#strangers = new Strangers(this.#members, options.claims)
    this.#witness = new Witness(this.#members)
  }

  /** This node owns the VIP, or has another MAC from now on. One that nobody had before is probed first. */
  own(vip: string, cause: Cause, now: number): void {
    this.#owned.add(vip)
    this.#witness.forget(vip)
    if (cause === 'Vacant') this.#probes.begin(vip, now)
    else this.#begin(vip)
  }

  /** It does not any more. */
  yield(vip: string, now: number): void {
    this.#owned.delete(vip)
    this.#probes.end(vip)
    this.#schedule.end(vip)
    this.#strangers.forget(vip)
    this.#reports.forget(vip)
    this.#troubles.set(vip, undefined, now)
  }

  /** This node does not take part in the VIP any more. */
  forget(vip: string): void {
    this.#witness.forget(vip)
  }

  /** Somebody else says that the VIP is at its MAC. */
  saw(vip: string, mac: string, now: number): void {
    this.#witness.saw(vip, mac)
    if (!this.#owned.has(vip)) return
    if (this.#probes.has(vip) && this.#members.nodeOf(mac) === undefined) this.#taken(vip, mac, now)
    else {
      this.#strangers.saw(vip, mac, now)
      this.#examine(vip, now)
    }
  }

  /** Somebody else asks whether the VIP is free, to have it (RFC 5227 section 2.1.1). Once it is announced the answer will do. */
  sawProbe(vip: string, mac: string, now: number): void {
    if (this.#probes.has(vip) && this.#members.nodeOf(mac) === undefined) this.#taken(vip, mac, now)
  }

  heard({ frame, mac, unseen }: Beat, now: number): void {
    const { node } = frame
    if (!this.#members.heard(node, frame.incarnation, mac, now)) return
    for (const claim of frame.claims) {
      if (claim.owner !== node || !this.#options.knows(claim.vip)) continue
      // A list is of claims that may be old, and their announcements over.
      if (frame.list) this.#witness.told(claim)
      else this.#noteClaim(claim, now)
    }
    for (const { vip, owner } of unseen) if (owner === this.#options.node) this.#noteUnseen(vip, node, now)
  }

  /** For this node's next heartbeat. */
  unseen(now: number): readonly Unseen[] {
    return this.#witness.unseen(now)
  }

  due(now: number): readonly AnnounceEffect[] {
    while (this.#unhurried.has(now) && this.#doUnhurried(now));
    this.#announceFirst(now)
    for (let vip = this.#reports.take(now); vip !== undefined; vip = this.#reports.take(now)) this.#examine(vip, now)
    for (let news = this.#troubles.take(now); news; news = this.#troubles.take(now)) {
      this.#effects.push({ type: 'trouble', ...news })
    }
    const effects = this.#effects
    if (effects.length > 0) this.#effects = []
    return effects
  }

  #begin(vip: string): void {
    this.#schedule.begin(vip)
    this.#effects.push({ type: 'answer', vip })
  }

  #announceFirst(now: number): void {
    while (this.#urgent.has(now)) {
      const vip = this.#schedule.takeFirst(now)
      if (vip === undefined) return
      this.#urgent.take()
      this.#effects.push({ type: 'announce', vip })
    }
  }

  /** Does one thing that can wait. Returns whether there was one. */
  #doUnhurried(now: number): boolean {
    return this.#probe(now) || this.#announceAgain(now) || this.#lookForStranger(now)
  }

  #probe(now: number): boolean {
    const probe = this.#probes.take(now)
    if (!probe) return false
    const { vip, isFree } = probe
    if (isFree) {
      this.#begin(vip)
      this.#examine(vip, now)
    } else this.#send('probe', vip)
    return true
  }

  /** With the last announcements it is asked whether there is a stranger by now who says nothing unasked. */
  #announceAgain(now: number): boolean {
    const vip = this.#schedule.takeAgain(now)
    if (vip === undefined) return false
    this.#send('announce', vip)
    if (this.#schedule.isSettled(vip)) this.#send('probe', vip)
    return true
  }

  #lookForStranger(now: number): boolean {
    const stranger = this.#strangers.take(now)
    if (!stranger) return false
    const { vip, isGone } = stranger
    this.#examine(vip, now)
    if (!isGone) this.#send('probe', vip)
    return true
  }

  #send(type: 'announce' | 'probe', vip: string): void {
    this.#unhurried.take()
    this.#effects.push({ type, vip })
  }

  #taken(vip: string, mac: string, now: number): void {
    this.#probes.isTaken(vip, now)
    this.#troubles.set(vip, { type: 'conflict', mac }, now)
  }

  #noteClaim(claim: Claim, now: number): void {
    const { vip, state, announced } = claim
    // It had the VIP too, out of hearing, and has announced it to hosts that believe it still.
    if (this.#owned.has(vip)) this.#announceAnew(vip)
    else if (state === 'held' && announced) this.#witness.announced(claim, now)
    else if (state === 'released') this.#witness.forget(vip)
  }

  /** Not while it is announced often as it is. */
  #announceAnew(vip: string): void {
    if (this.#schedule.isSettled(vip)) this.#schedule.begin(vip)
  }

  #noteUnseen(vip: string, by: string, now: number): void {
    if (!this.#schedule.isSettled(vip)) return
    this.#reports.reported(vip, by, now)
    this.#examine(vip, now)
  }

  /** Looks what there is to tell of a VIP that is announced. */
  #examine(vip: string, now: number): void {
    this.#troubles.set(vip, this.#strangers.trouble(vip, now) ?? this.#reports.trouble(vip), now)
  }
}
