/** A bridge with hosts on it, each in a network namespace, and responders on some of them. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { exec, inNamespace } from '../../../hack/lab/exec.ts'
import { AnswerWitness } from '../../../hack/lab/segment/witness.ts'
import type { ResponderEvent } from '../../../src/layer2/responder.ts'
import type { HostOrder } from './host.ts'

const KEY = '00'.repeat(32)
/** Milliseconds between two questions for an address. */
const EVERY_MS = 5

type Said =
  | ResponderEvent
  | { readonly type: 'left' }
  | { readonly type: 'counters'; readonly counters: Record<string, number> }

/** Hosts `a`, `b`, … with `eth0` on one bridge, 10.67.0.N and fd67::N. What it makes is named after `name`. */
export class Network {
  readonly #name: string
  readonly #namespaces: string[] = []
  readonly #hosts: Host[] = []
  readonly #witnesses: AnswerWitness[] = []

  constructor(name: string) {
    this.#name = name
  }

  async build(hosts: readonly string[]): Promise<void> {
    await this.#add('bridge')
    await this.ip('bridge', 'link add br0 up type bridge mcast_snooping 0')
    for (const [i, host] of hosts.entries()) {
      await this.#add(host)
      await this.plug(host)
      await this.ip(host, `address add 10.67.0.${i + 1}/24 dev eth0`)
      await this.ip(host, `address add fd67::${i + 1}/64 dev eth0 nodad`)
    }
  }

  /** Gives a host an interface, with a cable to the bridge. */
  async plug(host: string, name = 'eth0'): Promise<void> {
    const port = name === 'eth0' ? host : `${host}-${name}`
    await this.ip(host, `link add ${name} type veth peer name ${port} netns ${this.namespace('bridge')}`)
    await this.ip('bridge', `link set dev ${port} up master br0`)
    await this.ip(host, `link set ${name} up`)
  }

  namespace(host: string): string {
    return `${this.#name}-${host}`
  }

  /** Runs ip(8) on a host. */
  ip(host: string, line: string): Promise<string> {
    return exec(['ip', '-netns', this.namespace(host), ...line.split(' ')])
  }

  /** Runs a command on a host, for two minutes at most, and returns what it prints. */
  run(host: string, argv: readonly string[]): Promise<string> {
    return exec(argv, { namespace: this.namespace(host), timeout: 120_000 })
  }

  /** @param lacking a capability that it is not to have, as setpriv(1) names it */
  start(host: string, lacking?: string): Host {
    const started = new Host(host, this.namespace(host), lacking)
    this.#hosts.push(started)
    return started
  }

  /** Asks for these addresses from a host all the time. */
  async ask(host: string, addresses: readonly string[]): Promise<AnswerWitness> {
    const asker = { mac: await this.mac(host), v4: '10.67.0.250', v6: 'fd67::250' }
    const questions = { device: 'eth0', asker, addresses, every: EVERY_MS, members: '' }
    const witness = new AnswerWitness(this.namespace(host), questions)
    this.#witnesses.push(witness)
    return witness
  }

  /** The MAC address of a host. */
  async mac(host: string): Promise<string> {
    return (await this.run(host, ['cat', '/sys/class/net/eth0/address'])).trim()
  }

  async remove(): Promise<void> {
    for (const witness of this.#witnesses) witness.stop()
    await Promise.all(this.#hosts.map(host => host.kill()))
    for (const namespace of this.#namespaces) await exec(['ip', 'netns', 'delete', namespace]).catch(() => {})
  }

  async #add(host: string): Promise<void> {
    await exec(['ip', 'netns', 'add', this.namespace(host)])
    this.#namespaces.push(this.namespace(host))
  }
}

/** A process that runs a responder (`host.ts`). */
export class Host {
  readonly name: string
  readonly said: Said[] = []
  /** What it wrote to its standard error. */
  errors = ''
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>

  constructor(name: string, namespace: string, lacking?: string) {
    this.name = name
    const [command = '', ...args] = inNamespace(namespace, [
      ...(lacking === undefined ? [] : without(lacking)),
      process.execPath,
      new URL('host.ts', import.meta.url).pathname,
      name,
      KEY,
    ])
    this.#process = spawn(command, args, { stdio: 'pipe' })
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text
    })
    createInterface(this.#process.stdout).on('line', line => this.said.push(JSON.parse(line) as Said))
  }

  tell(order: HostOrder): void {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`)
  }

  /** VIPs that it owns, by its own account. */
  owned(): ReadonlySet<string> {
    const owned = new Set<string>()
    for (const event of this.said) {
      if (event.type === 'owned') owned.add(event.address)
      else if (event.type === 'yielded') owned.delete(event.address)
    }
    return owned
  }

  /** As it last said it, when told to. */
  counter(name: string): number {
    const last = this.said.findLast(({ type }) => type === 'counters')
    return last?.type === 'counters' ? (last.counters[name] ?? 0) : 0
  }

  /** Scheduling policies of its threads (sched(7)). */
  async policies(): Promise<readonly number[]> {
    const tasks = `/proc/${this.#process.pid}/task`
    const stats = await Promise.all((await readdir(tasks)).map(task => readFile(`${tasks}/${task}/stat`, 'utf8')))
    // The 41st field (proc(5)); the second is in brackets, and may hold anything.
    return stats.map(stat => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[38]))
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  /** Ends it without a word, and resolves once it is gone. */
  async kill(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.kill('SIGKILL')) await once(this.#process, 'exit')
  }

  /** Resolves with its exit code once it has ended. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode === null) await once(this.#process, 'exit')
    return this.#process.exitCode
  }
}

/** Begins a command line whose process lacks a capability, although it is root. */
export const without = (capability: string): readonly string[] => [
  'setpriv',
  `--bounding-set=-${capability}`,
  `--inh-caps=-${capability}`,
]

/** Looks again and again until something is so. @throws Error after a while */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so: ${what}`)
    await sleep(20)
  }
}
