/** What a router makes of graceful restart, of BFD and of both, when something of a node fails. */
import { readFile, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BgpPeerSpec } from '../../src/api/bgppeer.ts'
import { bgpPeers } from '../../src/kube/resources.ts'
import { nodeAddress } from '../lab/addresses.ts'
import { cut, join } from '../lab/cables.ts'
import { killPart, signalPart, startPart } from '../lab/parts.ts'
import { askRouter } from '../lab/routers.ts'
import { type Lab, placeDirectory } from '../lab/state.ts'
import { table } from '../table.ts'
import { announce } from './bgp/changes.ts'
import { bgpPeer } from './bgp/objects.ts'
import { apply, type Scene, withScene } from './bgp/scene.ts'
import { load, machineText } from './machine.ts'

/** Seconds; short, so that what only the hold time ends does end. */
const HOLD_TIME = 9
/** How long something may take at most, and how long it takes until nothing more is to come of it (milliseconds). */
const PATIENCE = 90_000
const AFTERMATH = 3_000

const victim = 'node2'
const victimAddress = nodeAddress(2).v4

interface Setting {
  readonly name: string
  readonly gracefulRestart: boolean
  readonly bfd: boolean
  /** BIRD: what the router does when BFD goes down; `on` ends the session. */
  readonly onFailure?: 'graceful'
}

const settings: readonly Setting[] = [
  { name: 'neither', gracefulRestart: false, bfd: false },
  { name: 'graceful restart', gracefulRestart: true, bfd: false },
  { name: 'BFD', gracefulRestart: false, bfd: true },
  { name: 'both', gracefulRestart: true, bfd: true },
]
const withBirdOnly: readonly Setting[] = [
  ...settings,
  { name: 'both, `bfd graceful`', gracefulRestart: true, bfd: true, onFailure: 'graceful' },
]

interface Failure {
  readonly name: string
  /** Makes it happen; what it returns undoes it. */
  readonly strike: (lab: Lab) => Promise<() => unknown>
  /** Whether the route through the node is to go. */
  readonly fatal: boolean
}

/** The manager first: its status says nothing while it is away, so an edit may come to it late. */
const failures: readonly Failure[] = [
  {
    name: 'manager killed, back after 0.5 s',
    fatal: false,
    strike: async lab => {
      await killPart(lab, victim, 'manager', 'SIGKILL')
      await sleep(500)
      return () => startPart(lab, victim, 'manager')
    },
  },
  {
    name: 'gobgpd killed, back after 0.5 s',
    fatal: false,
    strike: async lab => {
      await killPart(lab, victim, 'gobgpd', 'SIGKILL')
      await sleep(500)
      return () => startPart(lab, victim, 'gobgpd')
    },
  },
  {
    name: 'gobgpd hangs',
    fatal: true,
    strike: async lab => {
      signalPart(lab, victim, 'gobgpd', 'SIGSTOP')
      return () => signalPart(lab, victim, 'gobgpd', 'SIGCONT')
    },
  },
  {
    name: 'cable cut',
    fatal: true,
    strike: async lab => {
      await cut(lab, victim)
      return () => join(lab, victim)
    },
  },
]

interface FailuresCommand {
  readonly lab: string
  readonly router: 'frr' | 'bird'
}

/** Prints one row for each setting; progress goes to stderr. */
export async function failuresBench({ lab: name, router }: FailuresCommand): Promise<void> {
  const progress = (line: string) => console.error(line)
  const lab = { name, router, nodes: 2, bfd: true }
  const before = load()
  const rows = await withScene({ lab, progress }, async scene => {
    await announce(scene, ['web'])
    const address = [...scene.fibChanges].findLast(({ nextHops }) => nextHops.length > 0)?.destination ?? ''
    const found: string[][] = []
    for (const setting of router === 'bird' ? withBirdOnly : settings) {
      progress(`── ${setting.name} ──`)
      await use(scene, setting)
      const cells: string[] = []
      for (const failure of failures) {
        await settled(scene, setting, address)
        cells.push(await suffer(scene, setting, failure, address))
        progress(`${failure.name}: ${cells.at(-1)}`)
      }
      found.push([setting.name, ...cells])
    }
    return found
  })
  console.log(`${machineText()}; load average ${before.toFixed(2)} before; hold time ${HOLD_TIME} s\n`)
  console.log(table([[router, ...failures.map(failure => failure.name)], ...rows]))
}

async function use({ lab }: Scene, { gracefulRestart, bfd, onFailure }: Setting): Promise<void> {
  if (lab.router === 'bird') {
    const file = joinPath(placeDirectory(lab, 'router'), 'bird.conf')
    await writeFile(file, (await readFile(file, 'utf8')).replace(/bfd (on|graceful);/, `bfd ${onFailure ?? 'on'};`))
    await askRouter(lab, 'configure')
  }
  const spec: Partial<BgpPeerSpec> = {
    timers: { config: { holdTime: `${HOLD_TIME}` } },
    ...(gracefulRestart && { gracefulRestart: { enabled: true } }),
    ...(bfd && { bfd: { enabled: true } }),
  }
  await apply(lab, bgpPeer(spec))
  await sleep(AFTERMATH)
}

/** Every node has its session, and BFD where it is wanted; the router sends to both, and has done so for a while. */
async function settled({ client, fib }: Scene, { bfd }: Setting, address: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; ; await sleep(200)) {
    const { status } = await client.get(bgpPeers, { name: 'router' })
    const sessions = Object.values(status?.nodesPeerStatus ?? {})
    const isUp = sessions.every(
      ({ peerState, bfdState }) => peerState?.sessionState === 'ESTABLISHED' && bfdState === (bfd ? 'UP' : undefined),
    )
    if (sessions.length === 2 && isUp && fib.get(address)?.length === 2) break
    if (Date.now() > deadline) throw new Error('the sessions do not come up')
  }
  await sleep(AFTERMATH)
}

/** What became of the route through the node, in words. */
async function suffer(scene: Scene, setting: Setting, failure: Failure, address: string): Promise<string> {
  const { lab, fib, fibChanges } = scene
  const began = Date.now()
  const isGone = (hops: readonly string[] | undefined) => hops?.includes(victimAddress) !== true
  const going = failure.fatal ? fib.next(address, isGone, PATIENCE).catch(() => undefined) : undefined
  const undo = await failure.strike(lab)
  await going
  await undo()
  await settled(scene, setting, address)
  const changes = fibChanges.filter(({ at, destination }) => at >= began && destination === address)
  const gone = changes.find(({ nextHops }) => isGone(nextHops))
  if (gone === undefined) return changes.length === 0 ? 'kept' : `kept, ${changes.length} changes`
  const back = changes.find(({ at, nextHops }) => at > gone.at && !isGone(nextHops))
  const after = `gone after ${seconds(gone.at - began)}`
  return failure.fatal || back === undefined ? after : `${after}, for ${seconds(back.at - gone.at)}`
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`
