/** What the scenarios of layer 2 share: VIPs in the nodes' own network, and those who ask for them there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext, TestFn } from 'ava'
import { type NodeName, nodeMac, nodeName, nodeNumber, nodeOfMac, numbers } from '../../hack/lab/addresses.ts'
import { withClient } from '../../hack/lab/cluster.ts'
import type { LabOptions } from '../../hack/lab/lab.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { worstOf } from '../../hack/lab/segment/answers.ts'
import { Caller } from '../../hack/lab/segment/caller.ts'
import { setReachable } from '../../hack/lab/segment/neighbours.ts'
import { type Answered, AnswerWitness } from '../../hack/lab/segment/witness.ts'
import { logDirectory } from '../../hack/lab/state.ts'
import type { Eip } from '../../src/api/eip.ts'
import type { Owner } from '../../src/api/virtualip.ts'
import { services } from '../../src/kube/resources.ts'
import { timing } from '../../src/layer2/ownership/timing.ts'
import { objectNameOf } from '../../src/net/address.ts'
import { slots } from '../../src/streams/slots.ts'
import { bothFamilies, eip, eventually, loadBalancer, type Scenario, scenario } from './support.ts'

/** In the nodes' network, both families. */
export const segmentPool = (name = 'pool', spec: Partial<Eip['spec']> = {}) =>
  eip(name, { address: '10.62.1.0/24', addresses: ['fd62::1:0/112'], protocol: 'layer2', ...spec })

/** Milliseconds that clients may be without an answer at worst, on a machine that has much else to do. */
const GAP = 1_500
/** Milliseconds that two nodes may answer at worst. */
const DOUBLED = 500

/** Whoever answered the last but few questions, and as many milliseconds ago at most, answers still. */
const STILL = { questions: 3, milliseconds: 300 }

export class Segment {
  readonly scene: Scenario
  #witness: AnswerWitness | undefined
  #caller: Caller | undefined
  #addresses: readonly string[] = []
  #every = 0

  constructor(scene: Scenario) {
    this.scene = scene
  }

  /** Of the Services that `serve` made. */
  get addresses(): readonly string[] {
    return this.#addresses
  }

  get witness(): AnswerWitness {
    if (this.#witness === undefined) throw new Error('nobody asks yet')
    return this.#witness
  }

  /**
   * Makes Services for the pods of one app and, once each VIP is answered for, asks for all of them from then on.
   *
   * @param every milliseconds from one question for a VIP to the next
   */
  async serve(count: number, every: number, spec: object = bothFamilies): Promise<void> {
    const { scene } = this
    this.#every = every
    await runPods(scene.lab, 'web')
    const of = { ...spec, selector: { app: 'web' }, allocateLoadBalancerNodePorts: false }
    const drafts = Array.from({ length: count }, (_, index) => loadBalancer(`web-${index}`, of))
    this.#addresses = await withClient(scene.lab, async client => {
      const atATime = slots(16)
      await Promise.all(drafts.map(service => atATime(() => client.create(services, service))))
      const all = await eventually(
        `${count} Services have their addresses`,
        async () => (await client.list(services, { namespace: 'default' })).items,
        found => found.filter(({ status }) => status?.loadBalancer?.ingress !== undefined).length >= count,
        60_000,
      )
      return all.flatMap(({ status }) => status?.loadBalancer?.ingress?.flatMap(({ ip }) => ip ?? []) ?? [])
    })
    this.#caller = new Caller(scene.lab, 'neighbour')
    this.#witness = await AnswerWitness.start(scene.lab, this.#addresses, every)
    await this.answered(60_000)
  }

  /** Waits until every VIP is answered for; resolves to who does. */
  async answered(within?: number): Promise<ReadonlyMap<string, NodeName>> {
    const owners = await eventually(
      'every VIP is answered for',
      () => this.owners(),
      found => found.size === this.#addresses.length,
      within,
    )
    return owners
  }

  /** Waits until others than this node answer for every VIP; resolves to who does. */
  answeredWithout(node: NodeName): Promise<ReadonlyMap<string, NodeName>> {
    return eventually(
      `others than ${node} answer for every VIP`,
      () => this.owners(),
      found => found.size === this.#addresses.length && !found.values().some(owner => owner === node),
      60_000,
    )
  }

  /** Who answers for which VIP at present. */
  async owners(): Promise<ReadonlyMap<string, NodeName>> {
    const last = await this.witness.lastAnswers()
    const still = Math.max(STILL.milliseconds, this.#every * STILL.questions)
    const recent = [...last].filter(([, { at }]) => Date.now() - at < still)
    return new Map(recent.map(([address, { mac }]) => [address, nodeOfMac(mac) as NodeName]))
  }

  /** The owner of the first VIP, and all VIPs that it owns. */
  async someOwner(): Promise<{ readonly node: NodeName; readonly owned: readonly string[] }> {
    const owners = await this.answered()
    const node = owners.get(this.#addresses[0] ?? '') as NodeName
    return { node, owned: [...owners].filter(([, owner]) => owner === node).map(([address]) => address) }
  }

  /** Who answers now, to be compared with later. */
  async standing(): Promise<Standing> {
    return { owners: await this.answered(), at: Date.now() }
  }

  /**
   * Nothing has moved since then, but away from a manager that says that its own process stood still, as on a machine that has
   * too much to do.
   */
  async unmoved(t: ExecutionContext, { owners, at }: Standing): Promise<void> {
    const gone = moved(owners, await this.answered())
    const stoodStill = (address: string) =>
      this.scene
        .managerLog(owners.get(address) as NodeName, at)
        .some(line => line.address === address && line.cause === 'TimeLost')
    const excused = gone.filter(stoodStill)
    if (excused.length > 0) t.log(`a manager stood still: ${excused.join(', ')} moved`)
    t.deepEqual(
      gone.filter(address => !excused.includes(address)),
      [],
    )
  }

  /** Forgets what was seen so far: what comes is looked at. */
  async lookAway(): Promise<void> {
    await this.witness.lap()
  }

  /** What was seen since the last time, with the worst of all VIPs, which is logged. */
  async seen(t: ExecutionContext, what: string): Promise<Seen> {
    const all = await this.witness.lap()
    const worst = worstOf(all.values())
    t.log(`${what}: gap ${worst.gap.toFixed(0)} ms, doubled ${worst.doubled.toFixed(0)} ms`)
    const bad = [...all].filter(([, { gap, doubled }]) => gap > GAP || doubled > DOUBLED)
    if (bad.length > 0) t.log(`${bad.length} VIPs, one of them:`, bad[0], this.#toldOf(bad[0]?.[0] ?? ''))
    return { all, ...worst }
  }

  /** What the managers' logs say of a VIP, and of themselves, in their last seconds. */
  #toldOf(address: string): string {
    const named = `"address":"${address}"`
    const { lab } = this.scene
    return numbers(lab.nodes)
      .map(nodeName)
      .flatMap(node => {
        const lines = readFileSync(join(logDirectory(lab), `${node}.manager.log`), 'utf8').split('\n')
        const told = lines.filter(line => line.includes(named) || !/"address":|changed the router/.test(line))
        return [node, ...told.slice(-40).map(line => line.slice(0, 300))]
      })
      .join('\n')
  }

  /** The neighbour's kernel believes in who answers now; as it would of a client that talks to the VIPs all the time. */
  async becomeReachable(addresses: readonly string[]): Promise<void> {
    const owners = await this.answered()
    const macs = addresses.map(address => [address, nodeMac(nodeNumber(owners.get(address) as NodeName))] as const)
    await setReachable(this.scene.lab, 'neighbour', new Map(macs))
  }

  /**
   * Milliseconds until the neighbour had an HTTP answer of each of these. It believes in those who answered before, and
   * learns of others only by what they announce.
   */
  async served(addresses: readonly string[], since = Date.now()): Promise<number> {
    if (this.#caller === undefined) throw new Error('nobody calls yet')
    const answers = await this.#caller.firstAnswers({ addresses, every: 50, within: 20_000 })
    return Math.max(...addresses.map(address => answers.get(address)?.at ?? Number.POSITIVE_INFINITY)) - since
  }

  /** Who owns a VIP as its status tells. */
  async recorded(address: string): Promise<readonly Owner[]> {
    return (await this.scene.virtualIP(objectNameOf(address)))?.status?.owners ?? []
  }

  /** Waits until the status of each VIP names the node that answers for it. */
  async recordedAsAnswered(within?: number): Promise<void> {
    await eventually(
      'the status tells who answers',
      async () => {
        const owners = await this.owners()
        const { virtualips } = await this.#virtualIPs()
        return this.#addresses.filter(address => virtualips.get(address) !== owners.get(address))
      },
      wrong => wrong.length === 0,
      within,
    )
  }

  async #virtualIPs() {
    const text = await this.scene.kubectl('get', 'virtualip', '-o', 'json')
    const { items } = JSON.parse(text) as {
      readonly items: readonly {
        readonly spec: { readonly address: string }
        readonly status?: { readonly owners?: readonly Owner[] }
      }[]
    }
    return { virtualips: new Map(items.map(({ spec, status }) => [spec.address, status?.owners?.[0]?.node])) }
  }
}

interface Standing {
  readonly owners: ReadonlyMap<string, NodeName>
  /** Milliseconds since the epoch. */
  readonly at: number
}

interface Seen {
  readonly all: ReadonlyMap<string, Answered>
  readonly gap: number
  readonly doubled: number
  readonly unasked: number
}

/**
 * No client waited too long, unless the machine itself stood still, as whoever asked noticed: then all of its nodes did, and each
 * gives up what it has, as it should. Nor did two nodes answer for too long.
 *
 * @param served milliseconds until clients were served, who believe in who answered before; `most` at worst
 */
export function inTime(t: ExecutionContext, { gap, doubled, unasked }: Seen, served = 0, most = GAP): void {
  t.true(doubled <= DOUBLED)
  if (unasked > timing.away) {
    t.log(`the machine stood still for ${unasked.toFixed(0)} ms, which is in the times`)
    return
  }
  t.true(gap <= GAP)
  t.true(served <= most)
}

/** A lab with a pool in the nodes' network. */
export const onSegment = (
  test: TestFn,
  options: LabOptions & { readonly name: string },
  ...objects: readonly object[]
) => new Segment(scenario(test, options, segmentPool(), ...objects))

/** The VIPs whose owner is another than before. */
export const moved = (before: ReadonlyMap<string, NodeName>, after: ReadonlyMap<string, NodeName>): readonly string[] =>
  [...before].filter(([address, node]) => after.get(address) !== node).map(([address]) => address)
