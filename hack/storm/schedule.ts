/** A storm by its seed: the same seed and size are the same schedule. Pure. */
import { nodeName, numbers } from '../lab/addresses.ts'
import type { Edit, EndpointIntent, Family, Schedule, ServiceChange, ServiceIntent, Timed } from './actions.ts'
import { editEip, eipsBefore, newRequest } from './eips.ts'
import { faults } from './faults.ts'
import { Random } from './random.ts'

export interface Size {
  readonly services: number
  /** Nodes of the lab, and how many of them have a manager and a gobgpd. */
  readonly nodes: number
  readonly speakers: number
  readonly seconds: number
}

/** Edits for each Service, on average. */
const EDITS = 3

/**
 * Services come and go and change, their endpoints and the Eips too, at random times; every kind of fault occurs. Nothing
 * of it depends on what happens: an edit is worked out from the edits before it.
 */
export function schedule(seed: number, size: Size): Schedule {
  const random = new Random(seed)
  const eips = eipsBefore(size.services)
  const gracefulRestart = random.chance(50)
  const edits = new Edits(random, size, eips)
  const count = size.services * EDITS
  const pace = (size.seconds * 1_000) / count
  return {
    gracefulRestart,
    eips,
    edits: Array.from(
      { length: count },
      (_, index): Timed<Edit> => ({ at: Math.round(index * pace), ...edits.next() }),
    ),
    faults: faults(random, size),
  }
}

/** Knows what there is after the edits so far. */
class Edits {
  readonly #random: Random
  readonly #size: Size
  readonly #eips: Map<string, Schedule['eips'][number]>
  readonly #alive = new Map<string, ServiceIntent>()
  readonly #dead: string[]
  readonly #deleted = new Set<string>()

  constructor(random: Random, size: Size, eips: Schedule['eips']) {
    this.#random = random
    this.#size = size
    this.#eips = new Map(eips.map(eip => [eip.name, eip]))
    this.#dead = numbers(size.services).map(number => `storm-${number}`)
  }

  next(): Edit {
    const what = this.#random.weighted({ create: 30, delete: 12, change: 28, endpoints: 29, eip: 1 })
    if (what === 'eip') return this.#editEip()
    if (what === 'endpoints') return this.#endpoints()
    if (this.#alive.size === 0 || (what === 'create' && this.#dead.length > 0)) return this.#create()
    return what === 'delete' ? this.#delete() : this.#change()
  }

  #create(): Edit {
    const random = this.#random
    const name = this.#dead.splice(random.below(this.#dead.length), 1)[0] as string
    const service: ServiceIntent = {
      name,
      type: random.chance(95) ? 'LoadBalancer' : 'ClusterIP',
      foreign: random.chance(3),
      local: random.chance(40),
      port: random.between(1, 1_000),
      asked: { IPv4: 0, IPv6: 0 },
      ...stacks(random, random.pick<Family>(['IPv4', 'IPv6'])),
      request: newRequest(random, this.#size.services),
    }
    this.#alive.set(name, service)
    return { type: this.#deleted.has(name) ? 'recreate' : 'create', service }
  }

  #delete(): Edit {
    const { name } = this.#random.pick([...this.#alive.values()])
    this.#alive.delete(name)
    this.#deleted.add(name)
    this.#dead.push(name)
    return { type: 'delete', name }
  }

  #change(): Edit {
    const random = this.#random
    const before = random.pick([...this.#alive.values()])
    const type = random.weighted<ServiceChange>({ trafficPolicy: 30, port: 15, type: 15, families: 20, request: 20 })
    const service = { ...before, ...changed(type, before, random, this.#size.services) }
    this.#alive.set(before.name, service)
    return { type, service }
  }

  /** Also of Services that are not there yet, or no more. */
  #endpoints(): Edit {
    const random = this.#random
    const service = `storm-${random.between(1, this.#size.services)}`
    const family = random.pick<Family>(['IPv4', 'IPv6'])
    const endpoints = random
      .shuffled(numbers(this.#size.nodes))
      .slice(0, random.between(0, Math.min(3, this.#size.nodes)))
      .map((node): EndpointIntent => {
        const state = random.weighted({ ready: 70, terminating: 15, unready: 15 })
        return random.chance(95) ? { node: nodeName(node), state } : { state }
      })
    return { type: 'endpoints', service, family, endpoints }
  }

  #editEip(): Edit {
    const edit = editEip(this.#random, [...this.#eips.values()])
    this.#eips.set(edit.eip.name, edit.eip)
    return edit
  }
}

function stacks(random: Random, first: Family): Pick<ServiceIntent, 'families' | 'familyPolicy'> {
  const familyPolicy = random.weighted({ SingleStack: 50, PreferDualStack: 25, RequireDualStack: 25 })
  const other = first === 'IPv4' ? 'IPv6' : 'IPv4'
  return { familyPolicy, families: familyPolicy === 'SingleStack' ? [first] : [first, other] }
}

/** The first family of a Service cannot be changed (KEP-563), nor the class while its type stays (KEP-1959). */
function changed(
  what: ServiceChange,
  { local, type, asked, families: [first = 'IPv4'], families }: ServiceIntent,
  random: Random,
  services: number,
): Partial<ServiceIntent> {
  const anew = { IPv4: asked.IPv4 + 1, IPv6: asked.IPv6 + 1 }
  switch (what) {
    case 'trafficPolicy':
      return { local: !local }
    case 'port':
      return { port: random.between(1, 1_000) }
    case 'type':
      return { type: type === 'LoadBalancer' ? 'ClusterIP' : 'LoadBalancer', asked: anew }
    case 'request':
      return { request: newRequest(random, services), asked: anew }
    case 'families': {
      const other = first === 'IPv4' ? 'IPv6' : 'IPv4'
      const after = stacks(random, first)
      const same = after.families.length === families.length
      return { ...after, ...(!same && { asked: { ...asked, [other]: asked[other] + 1 } }) }
    }
  }
}
