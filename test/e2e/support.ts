/** What the scenarios share: a lab for each file, objects to apply, and what can be seen from where. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestFn } from 'ava'
import { stringify } from 'yaml'
import { type NodeName, nodeAs, routerAddress, routerAs } from '../../hack/lab/addresses.ts'
import { kubectl } from '../../hack/lab/cluster.ts'
import { exec } from '../../hack/lab/exec.ts'
import { at, down, type Lab, type LabOptions, up } from '../../hack/lab/lab.ts'
import { healthAddress, kubeconfigOf } from '../../hack/lab/nodes.ts'
import { gobgp, ribOf } from '../../hack/lab/ribs.ts'
import { askRouter, bgpRoutes, nextHops } from '../../hack/lab/routers.ts'
import { logDirectory } from '../../hack/lab/state.ts'
import type { BgpConf } from '../../src/api/bgpconf.ts'
import type { BgpPeer } from '../../src/api/bgppeer.ts'
import type { Eip } from '../../src/api/eip.ts'
import { apiVersion } from '../../src/api/names.ts'
import type { VirtualIP } from '../../src/api/virtualip.ts'
import type { Condition, KubeObject, Lease, Service } from '../../src/kube/objects.ts'

const command = join(import.meta.dirname, '../../src/cli.ts')

/** The shape of an answer of a pod's server. */
export interface Answer {
  readonly node: string
  readonly client: string
}

/** Times in milliseconds since the epoch. */
export interface Request {
  readonly began: number
  readonly ended: number
  /** Absent: it failed. */
  readonly answer: Answer | undefined
}

/** Of `gobgp neighbor --json`; zeros are left out. */
export interface GobgpNeighbour {
  readonly conf: { readonly neighbor_address: string; readonly peer_asn: number }
  readonly state: { readonly session_state: number; readonly router_id?: string }
  readonly timers: { readonly state: { readonly uptime?: { readonly seconds: number } } }
  readonly afi_safis: readonly { readonly state: { readonly received?: number } }[]
}

/** Prefixes received on a session, all families together. A router sends our own prefixes on to the other nodes. */
export function prefixesReceived(neighbour: GobgpNeighbour | undefined): number {
  return (neighbour?.afi_safis ?? []).reduce((sum, { state }) => sum + (state.received ?? 0), 0)
}

export interface LogLine {
  readonly time: string
  readonly msg: string
  readonly changes?: readonly string[]
  /** Of what layer 2 tells. */
  readonly address?: string
  readonly cause?: string
}

/**
 * Brings up a lab before the file's tests, which share it and run one after the other, and removes it afterwards.
 *
 * @param objects applied as soon as the lab is up
 */
export function scenario(
  test: TestFn,
  options: LabOptions & { readonly name: string },
  ...objects: readonly object[]
): Scenario {
  const scene = new Scenario()
  test.before(async t => {
    t.timeout(options.driver === 'kind' ? 1_800_000 : 120_000)
    scene.lab = await up(options)
    if (objects.length > 0) await scene.apply(...objects)
  })
  // A lab of this name that somebody else has up is theirs.
  test.after.always(() => scene.isUp && down(options.name))
  return scene
}

export class Scenario {
  #lab: Lab | undefined

  get isUp(): boolean {
    return this.#lab !== undefined
  }

  get lab(): Lab {
    if (this.#lab === undefined) throw new Error('the lab is not up')
    return this.#lab
  }

  set lab(lab: Lab) {
    this.#lab = lab
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return kubectl(this.lab, args)
  }

  /** The command `fairlead` as the administrator runs it; its JSON. */
  async fairlead(...args: readonly string[]): Promise<unknown> {
    const kubeconfig = ['--kubeconfig', kubeconfigOf(this.lab, 'admin')]
    return JSON.parse(await exec([process.execPath, command, ...args, '-o', 'json', ...kubeconfig]))
  }

  async apply(...objects: readonly object[]): Promise<void> {
    await kubectl(
      this.lab,
      ['apply', '--server-side', '--force-conflicts', '-f', '-'],
      objects.map(object => stringify(object)).join('---\n'),
    )
  }

  /** Applies something that has to be refused; resolves to what the API server said. */
  async refused(object: object): Promise<string> {
    try {
      await this.apply(object)
    } catch (error) {
      return (error as Error).message
    }
    throw new Error(`was not refused: ${JSON.stringify(object)}`)
  }

  async get<T extends KubeObject>(kind: string, name: string, namespace = 'default'): Promise<T | undefined> {
    const text = await this.kubectl('get', kind, name, '-n', namespace, '-o', 'json', '--ignore-not-found')
    return text === '' ? undefined : (JSON.parse(text) as T)
  }

  service = (name: string, namespace?: string) => this.get<Service>('service', name, namespace)
  virtualIP = (address: string) => this.get<VirtualIP>('virtualip', address)
  eip = (name: string) => this.get<Eip>('eip', name)
  bgpPeer = (name: string) => this.get<BgpPeer>('bgppeer', name)
  bgpConf = () => this.get<BgpConf>('bgpconf', 'default')

  /** The addresses that a Service tells. */
  async addresses(name: string, namespace?: string): Promise<readonly string[]> {
    const service = await this.service(name, namespace)
    return service?.status?.loadBalancer?.ingress?.flatMap(({ ip }) => ip ?? []) ?? []
  }

  /** The first address of a Service, once it has one. */
  async address(name: string, namespace?: string): Promise<string> {
    const [address] = await eventually(
      `an address for ${name}`,
      () => this.addresses(name, namespace),
      found => found.length > 0,
    )
    return address ?? ''
  }

  /** Our condition of a Service, such as `Allocated`. */
  async condition(name: string, type: string, namespace?: string) {
    const service = await this.service(name, namespace)
    return service?.status?.conditions?.find(condition => condition.type === `fairlead.dev/${type}`)
  }

  /** Waits until our condition of a Service has this reason; resolves to the condition. */
  async told(name: string, type: string, reason: string, namespace?: string): Promise<Condition> {
    const found = await eventually(
      `${name} says ${type}: ${reason}`,
      () => this.condition(name, type, namespace),
      condition => condition?.reason === reason,
    )
    return found as Condition
  }

  /** Which of the lab's controllers leads, by the Lease; undefined while it is given back or nobody took it yet. */
  async leader(): Promise<'controller1' | 'controller2' | undefined> {
    const lease = await this.get<Lease>('lease', 'fairlead-controller', 'fairlead-system')
    return (['controller1', 'controller2'] as const).find(name => lease?.spec?.holderIdentity?.startsWith(`${name}_`))
  }

  /** The nodes that the router's kernel sends an address's traffic to, sorted. */
  async routedTo(address: string): Promise<readonly string[]> {
    const hops = await nextHops(this.lab, address)
    return hops.map(hop => this.lab.hosts[hop] ?? hop).sort()
  }

  /** Waits until the router's kernel sends an address's traffic to these nodes and no others. */
  async routed(address: string, ...nodes: readonly string[]): Promise<void> {
    const same = (found: readonly string[]) => found.join() === [...nodes].sort().join()
    await eventually(
      `the router sends ${address} to ${nodes.join(', ') || 'nobody'}`,
      () => this.routedTo(address),
      same,
    )
  }

  /** The gobgp command line beside a node's manager. */
  gobgp(node: NodeName, ...args: readonly string[]): Promise<string> {
    return gobgp(this.lab, node, ...args)
  }

  /** What gobgpd holds, as its command line says: the next hops of each prefix, sorted. */
  rib(node: NodeName): Promise<ReadonlyMap<string, readonly string[]>> {
    return ribOf(this.lab, node)
  }

  /** What gobgpd says of its sessions, by the neighbour's address. */
  async neighbours(node: NodeName): Promise<ReadonlyMap<string, GobgpNeighbour>> {
    const found = JSON.parse(await this.gobgp(node, 'neighbor', '--json')) as readonly GobgpNeighbour[]
    return new Map(found.map(neighbour => [neighbour.conf.neighbor_address, neighbour]))
  }

  /**
   * The local TCP port of each of a node's BGP connections, by the neighbour's address: as long as it is the same, so is
   * the session.
   */
  async connections(node: NodeName): Promise<ReadonlyMap<string, string>> {
    const text = await at(this.lab, node, ['ss', '-Htn', 'state', 'established', 'dport', '=', '179'])
    const ports = text.matchAll(/:(\d+)\s+\[?([^\s\]]+?)\]?:179\b/g)
    return new Map(Array.from(ports, ([, port = '', neighbour = '']) => [neighbour, port]))
  }

  /** What BGP brought into the router's kernel: the next hops of each prefix, sorted. */
  fib(): Promise<ReadonlyMap<string, readonly string[]>> {
    return bgpRoutes(this.lab)
  }

  /** The prefixes that BGP brought into the router's kernel. */
  async routesByBgp(): Promise<readonly string[]> {
    return [...(await bgpRoutes(this.lab)).keys()]
  }

  patch(kind: string, name: string, patch: object): Promise<string> {
    return this.kubectl('patch', kind, name, '--type=merge', '--patch', JSON.stringify(patch))
  }

  /**
   * What a node's manager logged.
   *
   * @param since milliseconds since the epoch
   */
  managerLog(node: NodeName, since: number): readonly LogLine[] {
    const text = readFileSync(join(logDirectory(this.lab), `${node}.manager.log`), 'utf8')
    const lines = text.split('\n').filter(line => line.startsWith('{'))
    return lines.map(line => JSON.parse(line) as LogLine).filter(({ time }) => Date.parse(time) >= since)
  }

  /**
   * What a manager tells of itself, as a Prometheus on its own host would have it: values by name and labels, such as `up{a="b"}`.
   */
  async metrics(manager: NodeName | 'controller1' | 'controller2'): Promise<Readonly<Record<string, number>>> {
    const place = manager === 'controller1' || manager === 'controller2' ? 'control' : manager
    const text = await at(this.lab, place, ['curl', '--silent', '--fail', `http://${healthAddress(manager)}/metrics`])
    const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
    const split = (line: string) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]
    return Object.fromEntries(lines.map(split)) as Record<string, number>
  }

  /** One HTTP request by the client; rejects if it fails within two seconds. */
  async request(address: string, port = 80): Promise<Answer> {
    const host = address.includes(':') ? `[${address}]` : address
    const curl = ['curl', '--silent', '--show-error', '--fail', '--max-time', '2', `http://${host}:${port}/`]
    return JSON.parse(await at(this.lab, 'client', curl)) as Answer
  }

  /** An answer, once requests get through: kube-proxy may have its rules a moment later than the router its route. */
  async reach(address: string): Promise<Answer> {
    await this.served(address)
    return this.request(address)
  }

  /**
   * Waits until requests get through, as many as it takes to meet each of the nodes: where kube-proxy has no rules yet a
   * packet goes back to the router, and round until its time is exceeded.
   */
  async served(address: string): Promise<void> {
    await eventually(
      `${address} is served`,
      () => this.requests(address, 24),
      all => all.every(({ answer }) => answer !== undefined),
    )
  }

  /**
   * Waits until so many new connections are all served, by each of these nodes and by no other; resolves to the addresses that
   * the nodes see the client by.
   */
  async spread(address: string, count: number, ...nodes: readonly string[]): Promise<readonly string[]> {
    const requests = await eventually(
      `${nodes.join(', ')} serve ${address}`,
      () => this.requests(address, count),
      all => [...new Set(all.map(({ answer }) => answer?.node ?? 'nobody'))].sort().join() === [...nodes].sort().join(),
      30_000,
    )
    return [...new Set(requests.flatMap(({ answer }) => answer?.client ?? []))]
  }

  /** Requests by the client, one after the other, each on a connection of its own. */
  async requests(address: string, count: number): Promise<readonly Request[]> {
    const host = address.includes(':') ? `[${address}]` : address
    const curl = `curl --silent --fail --max-time 2 http://${host}/ || echo null`
    const script = `for i in $(seq ${count}); do date +%s%3N; ${curl}; date +%s%3N; done`
    const lines = (await at(this.lab, 'client', ['sh', '-c', script])).trim().split('\n')
    return Array.from({ length: count }, (_, index) => {
      const [began, answer, ended] = lines.slice(index * 3, index * 3 + 3).map(line => JSON.parse(line) as unknown)
      return { began: began as number, ended: ended as number, answer: (answer as Answer | null) ?? undefined }
    })
  }

  /** UPDATE messages that the router has had from each neighbour, by its address. FRR only. */
  async updatesReceived(): Promise<ReadonlyMap<string, number>> {
    const text = await askRouter(this.lab, 'show bgp neighbors json')
    const neighbours = JSON.parse(text) as Record<string, { messageStats?: { updatesRecv: number } }>
    return new Map(
      Object.entries(neighbours).flatMap(([address, { messageStats }]) =>
        messageStats === undefined ? [] : [[address, messageStats.updatesRecv] as const],
      ),
    )
  }
}

/**
 * Looks again and again until it is so.
 *
 * @param within milliseconds
 * @returns what was seen then; rejects with what was seen last
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  isSo: (seen: T) => boolean,
  within = 20_000,
): Promise<T> {
  const deadline = performance.now() + within
  for (;;) {
    const seen = await look()
    if (isSo(seen)) return seen
    if (performance.now() > deadline)
      throw new Error(`not within ${within} ms: ${what}; last seen: ${JSON.stringify(seen)}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** Rejects if something stops being so while it is watched, for so many milliseconds. */
export async function always<T>(
  what: string,
  look: () => T | Promise<T>,
  isSo: (seen: T) => boolean,
  during: number,
): Promise<void> {
  const end = performance.now() + during
  while (performance.now() < end) {
    const seen = await look()
    if (!isSo(seen)) throw new Error(`stopped being so: ${what}; seen: ${JSON.stringify(seen)}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

export const eip = (name: string, spec: Eip['spec'], metadata: object = {}) => ({
  apiVersion,
  kind: 'Eip',
  metadata: { name, ...metadata },
  spec,
})

export const bgpConf = (spec: Partial<BgpConf['spec']> = {}) => ({
  apiVersion,
  kind: 'BgpConf',
  metadata: { name: 'default' },
  spec: { as: nodeAs, ...spec },
})

/** The lab's router as a BgpPeer. */
export const bgpPeer = (name = 'router', spec: Partial<BgpPeer['spec']> = {}) => ({
  apiVersion,
  kind: 'BgpPeer',
  metadata: { name },
  spec: { conf: { neighborAddress: routerAddress.v4, peerAs: routerAs }, ...spec },
})

/** A Service for the pods of the app of its own name. */
export const loadBalancer = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', ...metadata },
  spec: { type: 'LoadBalancer', selector: { app: name }, ports: [{ port: 80, protocol: 'TCP' }], ...spec },
})

export const bothFamilies = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' } as const
