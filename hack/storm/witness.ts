/** Watches every version of every Service: what must hold at each moment, not only when all is quiet. Pure. */
import { annotations } from '../../src/api/names.ts'
import type { Service } from '../../src/kube/objects.ts'
import { keyOf } from '../../src/kube/resources.ts'
import type { WatchEvent } from '../../src/watch/watchkind.ts'
import { askedAnnotation, foreignClass } from './manifests.ts'

/** What was told to a Service, of one family, and satisfied it. */
interface Told {
  readonly asked: string
  readonly address: string
}

export class Witness {
  readonly #services = new Map<string, Service>()
  /** Who tells an address, by the address. */
  readonly #holders = new Map<string, Set<string>>()
  /** By UID and family. */
  readonly #told = new Map<string, Told>()
  readonly #seen: string[] = []
  #versions = 0
  readonly #eipOf: (address: string) => string | undefined

  /** @param eipOf the name of the Eip that an address is of */
  constructor(eipOf: (address: string) => string | undefined) {
    this.#eipOf = eipOf
  }

  /** What must not have been, a line each. */
  get violations(): readonly string[] {
    return this.#seen
  }

  /** How many versions of Services it has looked at. */
  get versions(): number {
    return this.#versions
  }

  see(event: WatchEvent<Service>): void {
    if (event.type === 'synced') {
      const listed = new Map(event.items.map(item => [keyOf(item.metadata), item]))
      for (const [key, service] of this.#services) if (!listed.has(key)) this.#forget(service)
      for (const service of event.items) this.#replace(service)
      for (const service of event.items) this.#judge(service)
    } else if (event.type === 'delete') this.#forget(event.object)
    else {
      this.#replace(event.object)
      this.#judge(event.object)
    }
  }

  #forget(service: Service): void {
    const key = keyOf(service.metadata)
    for (const ip of ips(this.#services.get(key))) this.#holders.get(ip)?.delete(key)
    this.#services.delete(key)
  }

  #replace(service: Service): void {
    this.#forget(service)
    const key = keyOf(service.metadata)
    this.#services.set(key, service)
    for (const ip of ips(service)) this.#holders.set(ip, (this.#holders.get(ip) ?? new Set()).add(key))
  }

  #judge(service: Service): void {
    this.#versions += 1
    const { metadata, spec } = service
    for (const ip of ips(service)) {
      const holders = [...(this.#holders.get(ip) ?? [])]
      if (holders.length > 1) this.#seen.push(`${ip} was told to ${holders.join(' and ')} at once`)
    }
    if (spec.type !== 'LoadBalancer' || spec.loadBalancerClass === foreignClass) return
    for (const family of spec.ipFamilies ?? []) {
      const key = `${metadata.uid} ${family}`
      const asked = metadata.annotations?.[askedAnnotation(family)] ?? ''
      const before = this.#told.get(key)
      const now = ips(service).find(ip => ip.includes(':') === (family === 'IPv6'))
      if (before?.asked === asked && now !== before.address) {
        this.#seen.push(`${metadata.name} lost ${before.address}, and has ${now ?? 'nothing'} in its place`)
        this.#told.delete(key)
      } else if (now !== undefined && this.#satisfies(now, service)) this.#told.set(key, { asked, address: now })
    }
  }

  #satisfies(ip: string, { metadata, spec }: Service): boolean {
    const named = metadata.annotations?.[annotations.eip]
    const asked = [metadata.annotations?.[annotations.address], spec.loadBalancerIP].filter(text => text !== undefined)
    const ofFamily = asked.filter(text => text.includes(':') === ip.includes(':'))
    return (named === undefined || named === this.#eipOf(ip)) && ofFamily.every(text => text === ip)
  }
}

const ips = (service: Service | undefined): readonly string[] =>
  service?.status?.loadBalancer?.ingress?.flatMap(({ ip }) => ip ?? []) ?? []
