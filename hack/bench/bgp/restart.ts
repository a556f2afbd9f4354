/** Managers are killed and come back, and the world has changed meanwhile: what the router is told, and how soon all is caught up. */
import { setTimeout as sleep } from 'node:timers/promises'
import { endpointSlices, services } from '../../../src/kube/resources.ts'
import type { Place } from '../../lab/addresses.ts'
import { killPart, type Part, placesOf, startPart } from '../../lab/parts.ts'
import { atMost, type Row, rowOf } from '../row.ts'
import { sample } from '../sample.ts'
import { announce, flipEndpoint, routedAt, setEndpoint, vip } from './changes.ts'
import { serviceDraft, sliceDraft } from './objects.ts'
import type { BgpOptions } from './options.ts'
import { range, type Scene, withScene } from './scene.ts'
import { updates } from './updates.ts'
import { quiet } from './writes.ts'

/** Milliseconds. */
const CAUGHT_UP = 2_000
/** How long it is watched for what should not come (milliseconds). */
const AFTERWARDS = 2_000

export const restart = ({ lab, services: count = 1000, samples = 5, progress }: BgpOptions): Promise<readonly Row[]> =>
  withScene({ lab, progress }, async scene => {
    await announce(
      scene,
      range(count).map(number => `service-${number}`),
    )
    progress(`${count} Services are in the router's kernel`)
    const some: Killed = [['node1', 'manager']]
    const every: Killed = (['controller1', 'controller2', 'manager'] as const).flatMap(part =>
      placesOf(scene.lab, part).map(place => [place, part] as const),
    )
    const taken = { one: results(), all: results(), leader: results() }
    for (const round of range(samples)) {
      const measure = async ({ surplus, caughtUp }: Results, what: () => Promise<Restart>) => {
        await quiet(scene.lab)
        let updatesForNothing = Number.POSITIVE_INFINITY
        const restart = async () => {
          const found = await what()
          updatesForNothing = found.surplus
          return found.caughtUp
        }
        caughtUp.push(await sample(restart, progress))
        surplus.push(updatesForNothing)
      }
      await measure(taken.one, () => endpointGoes(scene, some))
      await measure(taken.all, () => endpointGoes(scene, every))
      await measure(taken.leader, () => serviceComes(scene, every, `new-${round}`))
      progress(`${round + 1} of ${samples}: ${JSON.stringify(taken)}`)
    }
    const rows = (what: string, { surplus, caughtUp }: Results): readonly Row[] => [
      rowOf(`${count} Services, ${what}: UPDATEs for nothing, worst`, surplus, { q: 1, unit: '', target: atMost(0) }),
      rowOf(`${count} Services, ${what}: caught up, worst`, caughtUp, { q: 1, target: atMost(CAUGHT_UP) }),
    ]
    return [
      ...rows("a node's manager killed, an endpoint gone meanwhile", taken.one),
      ...rows('every manager killed, an endpoint gone meanwhile', taken.all),
      ...rows('every manager killed, a Service come meanwhile', taken.leader),
    ]
  })

type Killed = readonly (readonly [place: Place, part: Part])[]

interface Results {
  readonly surplus: number[]
  readonly caughtUp: number[]
}

const results = (): Results => ({ surplus: [], caughtUp: [] })

interface Restart {
  /** UPDATEs beyond the one of each node for the change. */
  readonly surplus: number
  /** Milliseconds from when the processes are started until the router's kernel has the change. */
  readonly caughtUp: number
}

/** What is killed is dead while `change` is made, and started when that is known to all who live. */
async function restarted(
  scene: Scene,
  killed: Killed,
  change: () => Promise<unknown>,
  caughtUp: () => Promise<number>,
): Promise<Restart> {
  const { lab } = scene
  const before = await updates(lab)
  await Promise.all(killed.map(([place, part]) => killPart(lab, place, part, 'SIGKILL')))
  await change()
  await sleep(1_000)
  const began = Date.now()
  const [at] = await Promise.all([caughtUp(), ...killed.map(([place, part]) => startPart(lab, place, part))])
  await sleep(AFTERWARDS)
  return { surplus: (await updates(lab)) - before - lab.nodes, caughtUp: at - began }
}

async function endpointGoes(scene: Scene, killed: Killed): Promise<Restart> {
  const name = 'service-0'
  const address = vip(scene, name)
  const result = await restarted(
    scene,
    killed,
    () => setEndpoint(scene, name, false),
    () => scene.fib.until(address, hops => hops === undefined, Date.now()),
  )
  await flipEndpoint(scene, name)
  return result
}

const serviceComes = (scene: Scene, killed: Killed, name: string): Promise<Restart> =>
  restarted(
    scene,
    killed,
    async () => {
      await scene.client.create(endpointSlices, sliceDraft(name))
      await scene.client.create(services, serviceDraft(name))
    },
    () => routedAt(scene, name, scene.lab.nodes),
  )
