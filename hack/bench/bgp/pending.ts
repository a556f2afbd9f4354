/**
 * Many Services wait for an address, and then there is one for each. They wait for an Eip: so what is measured is the
 * work, and not how long a controller takes to start or to be elected.
 */
import type { Service } from '../../../src/kube/objects.ts'
import { eips, keyOf, services, virtualIPs } from '../../../src/kube/resources.ts'
import { atLeastTimesFloor, type Row, rowOf } from '../row.ts'
import { sample } from '../sample.ts'
import { median, perSecond } from '../statistics.ts'
import { give, tell } from './bare.ts'
import { addressOf } from './cluster.ts'
import { bareAddress, eip, foreignServiceDraft, serviceDraft, serviceRef } from './objects.ts'
import type { BgpOptions } from './options.ts'
import { forEach, installBareLedger, range, type Scene, until, withScene } from './scene.ts'
import { quiet } from './writes.ts'

export const pending = ({ lab, services: count = 1000, samples = 5, progress }: BgpOptions): Promise<readonly Row[]> =>
  withScene({ lab, progress, withoutEip: true }, async scene => {
    await installBareLedger(scene.lab)
    const foreign = range(count).map(number => `bare-${number}`)
    await forEach(foreign, name => scene.client.create(services, foreignServiceDraft(name)))
    const status: number[] = []
    const ledger: number[] = []
    const fairlead: number[] = []
    for (const round of range(samples)) {
      const ours = range(count).map(number => `fairlead-${round}-${number}`)
      await makePending(scene, ours)
      const measure = async (times: number[], act: () => Promise<number>) => {
        times.push(await sample(act, progress))
        await quiet(scene.lab)
      }
      await measure(status, () => bare(scene, foreign, 2 * round, tell))
      await measure(ledger, () => bare(scene, foreign, 2 * round + 1, give))
      await measure(fairlead, () => addressed(scene, ours, hasAny, () => scene.client.create(eips, eip)))
      const rates = [status, ledger, fairlead].map(times => Math.round(perSecond(count, times.at(-1) as number)))
      progress(`round ${round + 1} of ${samples}: status, ledger and status, Fairlead: ${rates.join(', ')} /s`)
      await remove(scene, ours)
    }
    const rate = (times: readonly number[]) => perSecond(count, median(times))
    const row = (floor: string, times: readonly number[], factor: number): Row => ({
      ...rowOf(`${count} pending Services -> all have an address; floor: ${floor}`, fairlead, { unit: '/s' }),
      value: rate(fairlead),
      floor: rate(times),
      target: atLeastTimesFloor(factor),
    })
    return [row('ledger and status', ledger, 0.8), row('status alone', status, 0.4)]
  })

const hasAny = (address: string | undefined): boolean => address !== undefined

/** Creates Services, and waits until they have been told why they have no address, and nothing more is written. */
async function makePending({ lab, client, services: seen }: Scene, names: readonly string[]): Promise<void> {
  const told = Promise.all(
    names.map(name => seen.next(keyOf(serviceRef(name)), service => service?.status?.conditions !== undefined)),
  )
  await Promise.all([told, forEach(names, name => client.create(services, serviceDraft(name)))])
  await quiet(lab)
}

type Give = (scene: Scene, service: Service, address: string) => Promise<unknown>

/** Gives each an address of a block by bare requests. Milliseconds until the last one is seen to have it. */
function bare(scene: Scene, names: readonly string[], block: number, give: Give): Promise<number> {
  const address = new Map(names.map((name, number) => [name, bareAddress(block, number)]))
  const isGiven = (found: string | undefined, name: string) => found === address.get(name)
  return addressed(scene, names, isGiven, () =>
    forEach(names, name =>
      give(scene, scene.services.get(keyOf(serviceRef(name))) as Service, address.get(name) as string),
    ),
  )
}

/** Milliseconds from the beginning of `act` until the last Service is seen to have an address that will do. */
async function addressed(
  { services: seen }: Scene,
  names: readonly string[],
  willDo: (address: string | undefined, name: string) => boolean,
  act: () => Promise<unknown>,
): Promise<number> {
  const told = Promise.all(
    names.map(name => seen.next(keyOf(serviceRef(name)), service => willDo(addressOf(service), name))),
  )
  const began = performance.now()
  const [times] = await Promise.all([told, act()])
  return Math.max(...times) - began
}

/** Deletes the Services and, once their addresses are free, the Eip. */
async function remove({ lab, client }: Scene, names: readonly string[]): Promise<void> {
  await forEach(names, name => client.delete(services, serviceRef(name)))
  await until(async () => (await client.list(virtualIPs)).items.length === 0, 200, 600_000)
  await client.delete(eips, eip.metadata)
  await quiet(lab)
}
