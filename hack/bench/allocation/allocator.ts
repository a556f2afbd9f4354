/** The allocator without an API server: what it takes to decide and to record who gets which address, with few and with many in use. */
import type { Eip } from '../../../src/api/eip.ts'
import { Allocator } from '../../../src/ipam/allocator.ts'
import { decide } from '../../../src/ipam/decide.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { range } from '../bgp/scene.ts'
import { atLeastTimesFloor, type Row } from '../row.ts'
import { median, perSecond } from '../statistics.ts'
import type { AllocationOptions } from './options.ts'

/** How many times slower it may be with many addresses in use than with few. */
const FLAT = 1.5
/** Allocations of a sample. */
const ALLOCATIONS = 5_000
/** So many are freed before as many are given. */
const TOGETHER = 10
/** From one of these to the next: far, and no two are the same. */
const STRIDE = 7_919
/** Samples before those that count: code that has not run yet is slow. */
const WARM_UP = 4

/** A /16 has 65,536 addresses. */
const pools = [
  { address: '10.66.0.0/16', families: ['IPv4'], inUse: [10, 1_000, 60_000] },
  { address: 'fd66::/64', families: ['IPv6'], inUse: [10, 1_000, 100_000] },
] as const

const filter = { loadBalancerClass: 'fairlead.dev/fairlead', requireAnnotation: false }

export const allocator = async ({ samples = 15, progress }: AllocationOptions): Promise<readonly Row[]> =>
  pools.flatMap(({ address, families, inUse }) => {
    const fills = inUse.map(count => ({ count, fill: new Fill(address, families, count), times: [] as number[] }))
    // In turn, so that noise from outside hits all alike.
    for (let round = 0; round < WARM_UP + samples; round += 1) {
      for (const { fill, times } of round % 2 === 0 ? fills : fills.toReversed()) {
        const took = fill.change(ALLOCATIONS)
        if (round >= WARM_UP) times.push(took)
      }
    }
    const rates = fills.map(({ count, times }) => ({ count, rate: perSecond(ALLOCATIONS, median(times)) }))
    progress(`${address}: ${rates.map(({ count, rate }) => `${Math.round(rate)}/s with ${count}`).join(', ')}`)
    const floor = rates[0]?.rate ?? Number.NaN
    return rates.map(({ count, rate }, index) => ({
      name: `${address}, ${count} addresses in use: allocations${index === 0 ? '' : `; floor: ${inUse[0]}`}`,
      value: rate,
      unit: '/s of CPU',
      samples,
      failures: 0,
      ...(index > 0 && { floor, target: atLeastTimesFloor(Number((1 / FLAT).toFixed(2))) }),
    }))
  })

/** A pool of which a number of addresses is in use, whoever comes and goes. */
class Fill {
  readonly #allocator = new Allocator()
  readonly #families: NonNullable<Service['spec']['ipFamilies']>
  /** Addresses in use. */
  readonly #addresses: string[] = []
  #services = 0

  constructor(address: string, families: readonly ('IPv4' | 'IPv6')[], count: number) {
    this.#families = families
    this.#allocator.setEip({ metadata: metadata('bench'), spec: { address } } satisfies Eip)
    for (const _ of range(count)) this.#addresses.push(this.#give())
  }

  /** Any of them are freed, and new Services are given theirs: so many times. Milliseconds of CPU for the latter, of all threads. */
  change(times: number): number {
    let microseconds = 0
    for (let done = 0; done < times; done += TOGETHER) {
      const services = range(TOGETHER).map(() => this.#service())
      const first = Math.floor(Math.random() * this.#addresses.length)
      const places = services.map((_, index) => (first + index * STRIDE) % this.#addresses.length)
      for (const place of places) this.#allocator.forget(this.#addresses[place] as string)
      const before = process.cpuUsage()
      for (const [index, service] of services.entries()) {
        this.#addresses[places[index] as number] = this.#give(service)
      }
      const { user, system } = process.cpuUsage(before)
      microseconds += user + system
    }
    return microseconds / 1_000
  }

  #give(service = this.#service()): string {
    const [entry] = decide(service, {}, this.#allocator, filter).allocate
    if (entry === undefined) throw new Error('the pool is exhausted')
    this.#allocator.record(entry)
    return entry.address
  }

  #service(): Service {
    this.#services += 1
    const spec = { type: 'LoadBalancer', ipFamilies: this.#families, ports: [{ port: 80 }] }
    return { metadata: { ...metadata(`service-${this.#services}`), namespace: 'default' }, spec }
  }
}

const metadata = (name: string) => ({
  name,
  uid: `uid-of-${name}`,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
})
