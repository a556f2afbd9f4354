/** A node hangs, or its cable is cut, under BFD at 100 ms x 3: how long the router goes on sending traffic there. */
import { setTimeout as sleep } from 'node:timers/promises'
import { nodeAddress } from '../../lab/addresses.ts'
import { cut, join } from '../../lab/cables.ts'
import { signalPart } from '../../lab/parts.ts'
import { askRouter } from '../../lab/routers.ts'
import type { Lab } from '../../lab/state.ts'
import { atMost, type Row, rowOf } from '../row.ts'
import { sample } from '../sample.ts'
import { announce, vip } from './changes.ts'
import type { BgpOptions } from './options.ts'
import { range, type Scene, until, withScene } from './scene.ts'

/** Milliseconds: 300 in which BFD misses three packets, and the time of the router itself. */
const WITHDRAWN = 450
/** After BFD came up its intervals are a second, until both sides have agreed on what they were asked for (milliseconds). */
const AGREED = 3_000

const dying = nodeAddress(2).v4

/** With FRR graceful restart as well, as it is meant to be used; with BIRD one has to choose. */
export const deadNode = ({
  lab,
  services: count = 100,
  samples = 10,
  progress,
}: BgpOptions): Promise<readonly Row[]> => {
  const conf = lab.router === 'frr' ? { gracefulRestart: { enabled: true } } : {}
  const options = { lab: { ...lab, nodes: 2, bfd: true }, conf, peer: { bfd: { enabled: true } }, progress }
  return withScene(options, async scene => {
    const names = range(count).map(number => `service-${number}`)
    await announce(scene, names)
    const addresses = names.map(name => vip(scene, name))
    const hung: number[] = []
    const cutOff: number[] = []
    for (const round of range(samples)) {
      const measure = async (times: number[], fail: Act, mend: Act) => {
        await watched(scene, addresses)
        times.push(await sample(() => withdrawn(scene, addresses, fail), progress))
        await mend(scene)
      }
      await measure(hung, signal('SIGSTOP'), signal('SIGCONT'))
      await measure(
        cutOff,
        () => cut(scene.lab, 'node2'),
        () => join(scene.lab, 'node2'),
      )
      progress(`${round + 1} of ${samples}: hung ${hung.at(-1)} ms, cut off ${cutOff.at(-1)} ms`)
    }
    const rows = (what: string, times: readonly number[]) =>
      [0.5, 1].map(q =>
        rowOf(`${count} Services, BFD 100 ms x 3, a node ${what}: withdrawn, ${q === 1 ? 'worst' : 'p50'}`, times, {
          q,
          target: atMost(WITHDRAWN),
        }),
      )
    return [...rows('hung', hung), ...rows('cut off', cutOff)]
  })
}

type Act = (scene: Scene) => unknown

const signal =
  (name: NodeJS.Signals): Act =>
  ({ lab }) =>
    signalPart(lab, 'node2', 'gobgpd', name)

/** Milliseconds until the router's kernel sends none of the addresses to the node. */
async function withdrawn(scene: Scene, addresses: readonly string[], fail: Act): Promise<number> {
  const told = Promise.all(addresses.map(address => scene.fib.next(address, hops => hops?.includes(dying) !== true)))
  const began = Date.now()
  const [times] = await Promise.all([told, fail(scene)])
  return Math.max(...times) - began
}

/** Waits until the node has all traffic again, and BFD has come to its intervals. */
async function watched({ lab, fib }: Scene, addresses: readonly string[]): Promise<void> {
  await Promise.all(addresses.map(address => fib.until(address, hops => hops?.includes(dying) === true, 0)))
  await until(() => bfdIsUp(lab), 100)
  await sleep(AGREED)
}

async function bfdIsUp(lab: Lab): Promise<boolean> {
  if (lab.router === 'bird')
    return new RegExp(`^${dying}\\s+\\S+\\s+Up\\b`, 'm').test(await askRouter(lab, 'show bfd sessions'))
  const peers = JSON.parse(await askRouter(lab, 'show bfd peers json')) as readonly { peer: string; status: string }[]
  return peers.some(({ peer, status }) => peer === dying && status === 'up')
}
