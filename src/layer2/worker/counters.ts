import type { CounterName } from '../counters.ts'
import type { Counters } from '../responder.ts'

/** Where each is, in memory that the main thread shares with its worker. */
const places = Object.keys({
  Owned: true,
  ArpRequests: true,
  NdpRequests: true,
  ArpReplies: true,
  NdpReplies: true,
  Announcements: true,
  BeatsSent: true,
  BeatsReceived: true,
  Unsent: true,
  Truncated: true,
  UnknownType: true,
  FromSelf: true,
  BadSource: true,
  BadDestination: true,
  BadTarget: true,
  BadHopLimit: true,
  BadChecksum: true,
  BadOption: true,
  NotForUs: true,
  NotOwned: true,
  Stale: true,
  UnknownVersion: true,
  BadHmac: true,
  Malformed: true,
  Replayed: true,
} satisfies Record<CounterName, true>) as readonly CounterName[]

const placeOf = new Map(places.map((name, place) => [name, place]))

export const COUNTERS_BYTES = places.length * Float64Array.BYTES_PER_ELEMENT

/** Only the worker writes, and a number of 64 bits is read whole. */
export function countIn(shared: Float64Array): (name: CounterName, by: number) => void {
  return (name, by) => {
    const place = placeOf.get(name) as number
    shared[place] = (shared[place] as number) + by
  }
}

export const countersIn = (shared: Float64Array): Counters =>
  Object.fromEntries(places.map((name, place) => [name, shared[place] as number])) as Counters
