/** A node with a gobgpd and a router with FRR, each in a network namespace, on one cable. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { binary } from '../../../hack/binaries.ts'
import { exec } from '../../../hack/lab/exec.ts'
import { type ProcessRecord, signal, start, stop, waitReady } from '../../../hack/lab/processes.ts'
import type { Peer } from '../../../src/bgp/router.ts'

export const node = { as: 65000, v4: ['10.71.0.1', '10.71.0.2', '10.71.0.3'], v6: ['fd71::1', 'fd71::2', 'fd71::3'] }
export const router = { as: 65001, v4: '10.71.0.254', v6: 'fd71::fe', network: '203.0.113.0/24' }

/** A gobgpd in the router's namespace. */
export const otherRouter = { as: 65002, v4: '10.71.0.253', port: 1790 }

/** How the node meets the router; everything else in these tests is a variation of it. */
export const peer: Peer = {
  address: router.v4,
  as: router.as,
  port: 179,
  localAddress: '10.71.0.1',
  families: ['ipv4-unicast', 'ipv6-unicast'],
  timers: { connectRetry: 1, holdTime: 9, keepalive: 3 },
  gracefulRestart: { restartTime: 60, deferralTime: 1 },
  sendMaxPaths: 16,
}

export interface Bed {
  /** Of gobgpd's API. */
  readonly socket: string
  /** Namespaces. */
  readonly node: string
  readonly router: string
  startGobgpd(): Promise<void>
  /** A second router beside FRR, at `otherRouter`; returns its socket. */
  startOtherRouter(): Promise<string>
  /** kill -9; its socket stays behind, as it does in a pod. */
  killGobgpd(): Promise<void>
  /** It keeps its socket and answers nothing. */
  pauseGobgpd(): void
  /** What the `gobgp` command says. */
  gobgp(...argv: readonly string[]): Promise<string>
  vtysh(command: string): Promise<string>
  /** Next hops by prefix, as the router's kernel holds those of BGP. */
  fib(): Promise<ReadonlyMap<string, readonly string[]>>
  /** Counts changes of the router's kernel routes of BGP until it is asked. */
  watchFib(): Promise<() => Promise<readonly string[]>>
  close(): Promise<void>
}

function gobgpdAt(socket: string): readonly string[] {
  return [binary('gobgpd'), '--api-hosts', `unix://${socket}`, '--pprof-disable', '--metrics-path=']
}

/**
 * `frr: false`: gobgpd alone, which needs no cable. `password`: what the router asks of its neighbour. `bfd`: whether it
 * runs BFD with it, 100 ms x 3.
 */
export async function makeBed({ frr = true, password = '', bfd = false } = {}): Promise<Bed> {
  const directory = await mkdtemp(join(tmpdir(), 'bgpt-'))
  const namespaces = { node: `${basename(directory)}n`, router: `${basename(directory)}r` }
  const socket = join(directory, 'gobgpd.sock')
  const running: ProcessRecord[] = []
  const monitors: ChildProcess[] = []
  let gobgpd: ProcessRecord | undefined

  const run = async (name: string, namespace: string, argv: readonly string[]) => {
    const record = await start({ name, argv, namespace, log: join(directory, `${name}.log`) })
    running.push(record)
    return record
  }
  const routes = async (family: '-4' | '-6') =>
    JSON.parse(await exec(['ip', '-n', namespaces.router, '-j', family, 'route', 'show', 'proto', 'bgp'])) as Route[]

  const bed: Bed = {
    ...namespaces,
    socket,
    async startGobgpd() {
      // A gobgpd that finds the socket of the one before lives on without an API.
      await rm(socket, { force: true })
      gobgpd = await run('gobgpd', namespaces.node, gobgpdAt(socket))
    },
    async startOtherRouter() {
      const other = join(directory, 'other.sock')
      await run('other', namespaces.router, gobgpdAt(other))
      return other
    },
    async killGobgpd() {
      if (gobgpd !== undefined) await stop(gobgpd, 'SIGKILL')
    },
    pauseGobgpd() {
      if (gobgpd !== undefined) signal(gobgpd, 'SIGSTOP')
    },
    gobgp: (...argv) => exec([binary('gobgp'), '--target', `unix://${socket}`, ...argv]),
    vtysh: command => exec([binary('vtysh'), '--vty_socket', directory, '-c', command]),
    async fib() {
      const all = [...(await routes('-4')), ...(await routes('-6'))]
      return new Map(all.map(route => [withLength(route.dst), nextHops(route)]))
    },
    async watchFib() {
      const monitor = spawn('ip', ['-n', namespaces.router, 'monitor', 'route'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      monitors.push(monitor)
      let output = ''
      monitor.stdout.on('data', data => {
        output += data
      })
      await subscribed(monitor, namespaces.router, () => output)
      return async () => {
        monitor.kill()
        return output.split('\n').filter(line => line.includes('proto bgp'))
      }
    },
    async close() {
      for (const monitor of monitors) monitor.kill()
      for (const record of running.toReversed()) await stop(record, 'SIGKILL')
      for (const namespace of Object.values(namespaces)) {
        if (existsSync(`/run/netns/${namespace}`)) await exec(['ip', 'netns', 'del', namespace])
      }
      await rm(directory, { recursive: true })
    },
  }

  try {
    await cable(namespaces)
    if (frr) await startFrr()
    return bed
  } catch (error) {
    await bed.close()
    throw error
  }

  async function startFrr() {
    for (const daemon of ['zebra', 'bfdd']) await writeFile(join(directory, `${daemon}.conf`), '')
    await writeFile(join(directory, 'bgpd.conf'), bgpdConfiguration(password, bfd))
    const [uid = 0, gid = 0] = await accountOfFrr()
    await chown(directory, uid, gid)
    const argv = (name: 'zebra' | 'bfdd' | 'bgpd') => {
      const file = (extension: string) => join(directory, `${name}.${extension}`)
      const api = ['-z', join(directory, 'zserv.api'), '--vty_socket', directory, '-P', '0']
      return [binary(name), '-u', 'frr', '-g', 'frr', '-i', file('pid'), '-f', file('conf'), ...api]
    }
    const zebra = await run('zebra', namespaces.router, argv('zebra'))
    await waitReady(zebra, () => existsSync(join(directory, 'zserv.api')))
    if (bfd) await run('bfdd', namespaces.router, [...argv('bfdd'), '--bfdctl', join(directory, 'bfdd.sock')])
    const bgpd = await run('bgpd', namespaces.router, argv('bgpd'))
    await waitReady(bgpd, () => bed.vtysh('show bgp summary').then(() => true))
  }
}

/** Asks every 20 ms until `condition` holds; fails with `what` after `timeoutMs`. */
export async function until(what: string, condition: () => Promise<boolean> | boolean, timeoutMs = 20_000) {
  for (const deadline = Date.now() + timeoutMs; !(await condition()); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`)
  }
}

interface Route {
  readonly dst: string
  readonly gateway?: string
  readonly nexthops?: readonly { readonly gateway: string }[]
}

const nextHops = ({ gateway, nexthops }: Route) =>
  (nexthops?.map(hop => hop.gateway) ?? (gateway === undefined ? [] : [gateway])).toSorted()

const withLength = (prefix: string) => (prefix.includes('/') ? prefix : `${prefix}/${prefix.includes(':') ? 128 : 32}`)

async function cable(ns: { readonly node: string; readonly router: string }): Promise<void> {
  await exec(['ip', 'netns', 'add', ns.node])
  await exec(['ip', 'netns', 'add', ns.router])
  const link = ['link', 'add', 'eth0', 'netns', ns.node, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', ns.router]
  await exec(['ip', ...link])
  const addresses = {
    [ns.node]: [...node.v4, ...node.v6],
    [ns.router]: [router.v4, router.v6, otherRouter.v4],
  }
  for (const [namespace, list] of Object.entries(addresses)) {
    const lines = list.map(address =>
      address.includes(':') ? `addr add ${address}/64 dev eth0 nodad` : `addr add ${address}/24 dev eth0`,
    )
    const input = ['link set lo up', 'link set eth0 up', ...lines].join('\n')
    await exec(['ip', '-n', namespace, '-batch', '-'], { input })
  }
}

async function accountOfFrr(): Promise<readonly number[]> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find(entry => entry.startsWith('frr:'))
  if (line === undefined) throw new Error('the account "frr" is missing: install the Debian package frr')
  return line.split(':').slice(2, 4).map(Number)
}

const bgpdConfiguration = (password: string, bfd: boolean) => `
router bgp ${router.as}
 bgp router-id ${router.v4}
 bgp graceful-restart
 bgp bestpath as-path multipath-relax
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor ${node.v4[0]} remote-as ${node.as}
 neighbor ${node.v4[0]} timers connect 1
 ${password === '' ? '' : `neighbor ${node.v4[0]} password ${password}`}
 ${bfd ? `neighbor ${node.v4[0]} bfd 3 100 100` : ''}
 address-family ipv4 unicast
  network ${router.network}
  neighbor ${node.v4[0]} activate
  maximum-paths 16
 exit-address-family
 address-family ipv6 unicast
  neighbor ${node.v4[0]} activate
  maximum-paths 16
 exit-address-family
`

/** A monitor says nothing until something happens, so something is made to happen until it does. */
async function subscribed(monitor: ChildProcess, namespace: string, output: () => string): Promise<void> {
  await until('ip monitor sees a route', async () => {
    if (monitor.exitCode !== null) throw new Error(`ip monitor ended with ${monitor.exitCode}`)
    const input = 'route add blackhole 198.51.100.255\nroute del blackhole 198.51.100.255'
    await exec(['ip', '-n', namespace, '-batch', '-'], { input })
    return output().includes('198.51.100.255')
  })
}
