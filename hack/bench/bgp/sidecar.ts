/** A node's gobgpd is killed and starts anew, with graceful restart (RFC 4724). */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { GobgpRouter } from '../../../src/bgp/gobgp/router.ts'
import { nodeAddress } from '../../lab/addresses.ts'
import { gobgpSocket } from '../../lab/nodes.ts'
import { killPart, startPart } from '../../lab/parts.ts'
import { askRouter } from '../../lab/routers.ts'
import type { Lab } from '../../lab/state.ts'
import { atMost, type Row, rowOf } from '../row.ts'
import { announce, vip } from './changes.ts'
import type { BgpOptions } from './options.ts'
import { range, type Scene, until, withScene } from './scene.ts'
import { quiet } from './writes.ts'

/** Milliseconds from when gobgpd's API can be reached. */
const ALL_PATHS_BACK = 1_000
/** How long the router's kernel is watched after the session is up again (milliseconds). */
const AFTERWARDS = 3_000

export const sidecar = ({ lab, services: count = 1000, samples = 5, progress }: BgpOptions): Promise<readonly Row[]> =>
  withScene({ lab, conf: { gracefulRestart: { enabled: true } }, progress }, async scene => {
    const names = range(count).map(number => `service-${number}`)
    await announce(scene, names)
    const addresses = new Set(names.map(name => vip(scene, name)))
    progress(`${count} Services are in the router's kernel`)
    const taken: Killed[] = []
    for (const round of range(samples)) {
      await quiet(scene.lab)
      taken.push(
        await killed(scene, addresses).catch(error => {
          progress(`failed: ${(error as Error).message}`)
          return { fibChanges: failed, pathsBack: failed, session: failed }
        }),
      )
      progress(`${round + 1} of ${samples}: ${JSON.stringify(taken.at(-1))}`)
    }
    const all = (field: keyof Killed) => taken.map(one => one[field])
    const name = `${count} Services, gobgpd killed`
    return [
      rowOf(`${name}: changes of the router's kernel, worst`, all('fibChanges'), { q: 1, unit: '', target: atMost(0) }),
      rowOf(`${name}: API up -> all paths in gobgpd, worst`, all('pathsBack'), {
        q: 1,
        target: atMost(ALL_PATHS_BACK),
      }),
      rowOf(`${name}: API up -> session up, all paths at the router, p50`, all('session')),
    ]
  })

const failed = Number.POSITIVE_INFINITY

interface Killed {
  /** Changes of the VIPs' routes in the router's kernel. */
  readonly fibChanges: number
  /** Milliseconds from when gobgpd's API can be reached until gobgpd holds all paths. */
  readonly pathsBack: number
  /** The same until FRR has all of them on a new session and knows that they are all (End-of-RIB); with BIRD, until they are sent. */
  readonly session: number
}

async function killed({ lab, fibChanges }: Scene, addresses: ReadonlySet<string>): Promise<Killed> {
  const seen = fibChanges.length
  const socket = gobgpSocket(lab, 'node1')
  await killPart(lab, 'node1', 'gobgpd', 'SIGKILL')
  const began = performance.now()
  const started = startPart(lab, 'node1', 'gobgpd')
  await until(() => accepts(socket), 1)
  const up = performance.now()
  const router = new GobgpRouter(socket)
  try {
    const holdsAll = () =>
      router.read().then(
        ({ paths }) => paths.length === addresses.size,
        () => false,
      )
    await until(holdsAll, 10)
    const pathsBack = performance.now() - up
    const reached = () =>
      lab.router === 'frr' ? hasAll(lab, addresses.size, performance.now() - began) : sentAll(router, addresses.size)
    await until(reached, 50)
    const session = performance.now() - up
    await started
    await sleep(AFTERWARDS)
    const changes = fibChanges.slice(seen).filter(({ destination }) => addresses.has(destination))
    return { fibChanges: changes.length, pathsBack, session }
  } finally {
    router.close()
  }
}

const accepts = (path: string): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

interface FrrNeighbour {
  readonly bgpState: string
  readonly bgpTimerUpMsec?: number
  readonly gracefulRestartInfo?: { readonly endOfRibRecv?: { readonly ipv4Unicast?: boolean } }
  readonly addressFamilyInfo?: { readonly ipv4Unicast?: { readonly acceptedPrefixCounter?: number } }
}

/** Whether the router has so many routes of node1 on a session that is younger than so many milliseconds. */
async function hasAll(lab: Lab, count: number, younger: number): Promise<boolean> {
  const address = nodeAddress(1).v4
  const text = await askRouter(lab, `show bgp neighbors ${address} json`)
  const neighbour = (JSON.parse(text) as Record<string, FrrNeighbour>)[address]
  return (
    neighbour?.bgpState === 'Established' &&
    (neighbour.bgpTimerUpMsec ?? younger) < younger &&
    neighbour.gracefulRestartInfo?.endOfRibRecv?.ipv4Unicast === true &&
    neighbour.addressFamilyInfo?.ipv4Unicast?.acceptedPrefixCounter === count
  )
}

async function sentAll(router: GobgpRouter, count: number): Promise<boolean> {
  const [session] = await router.sessions()
  return session?.state === 'established' && session.prefixesSent === count
}
