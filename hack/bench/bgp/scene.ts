/** The lab of one row: made for it, and gone after it whatever happens. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import type { BgpConfSpec } from '../../../src/api/bgpconf.ts'
import type { BgpPeerSpec } from '../../../src/api/bgppeer.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { services } from '../../../src/kube/resources.ts'
import { slots } from '../../../src/streams/slots.ts'
import { kubectl, withClient } from '../../lab/cluster.ts'
import { type RouteChange, watchFib } from '../../lab/fib.ts'
import { down, type Lab, up } from '../../lab/lab.ts'
import type { LabSpec } from '../../lab/state.ts'
import { observe } from './cluster.ts'
import { bareLedger, bgpConf, bgpPeer, eip } from './objects.ts'
import { Seen } from './seen.ts'

/** Requests of a bench that are under way at once: as many as the controller allows itself. */
const IN_FLIGHT = 64

export interface Scene {
  readonly lab: Lab
  readonly client: KubeClient
  /** Services as the bench's watch tells them, by `namespace/name`; times are of `performance.now()`. */
  readonly services: Seen<Service>
  /** Next hops in the router's kernel by destination; times are those of `Date.now()`, with fractions. */
  readonly fib: Seen<readonly string[]>
  /** Changes of the router's kernel routes so far, of any destination. */
  readonly fibChanges: readonly RouteChange[]
  readonly progress: (line: string) => void
}

export interface SceneOptions {
  readonly lab: Partial<LabSpec> & { readonly name: string }
  readonly conf?: Partial<BgpConfSpec>
  readonly peer?: Partial<BgpPeerSpec>
  /** Absent: there is an Eip from the beginning. */
  readonly withoutEip?: boolean
  readonly progress: (line: string) => void
}

export async function withScene<T>(
  { lab: spec, conf, peer, withoutEip, progress }: SceneOptions,
  use: (scene: Scene) => Promise<T>,
): Promise<T> {
  const interrupted = () => void down(spec.name).finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    const lab = await up({ ...spec, progress })
    return await withClient(lab, async client => {
      const observed = await observe(client, services)
      const { ready, broken, stop, ...routes } = routesOf(lab)
      try {
        await ready
        await apply(lab, bgpConf(conf), bgpPeer(peer), ...(withoutEip === true ? [] : [eip]))
        return await Promise.race([use({ lab, client, services: observed.seen, ...routes, progress }), broken])
      } finally {
        stop()
        observed.stop()
      }
    })
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await down(spec.name)
  }
}

/** `ready` resolves when no change is missed any more; it rejects, and `broken` as well, when changes are no longer told. */
function routesOf(lab: Lab) {
  const fib = new Seen<readonly string[]>()
  const fibChanges: RouteChange[] = []
  const first = Promise.withResolvers<void>()
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => {})
  const subscription = watchFib(lab).subscribe({
    next: change => {
      fibChanges.push(change)
      fib.put(change.destination, change.nextHops.length === 0 ? undefined : change.nextHops, change.at)
      first.resolve()
    },
    error: broken.reject,
  })
  const ready = Promise.race([first.promise, broken.promise])
  return { fib, fibChanges, ready, broken: broken.promise, stop: () => subscription.unsubscribe() }
}

export const apply = (lab: Lab, ...objects: readonly object[]): Promise<string> =>
  kubectl(
    lab,
    ['apply', '--server-side', '--force-conflicts', '-f', '-'],
    objects.map(object => stringify(object)).join('---\n'),
  )

/** Installs the ledger that bare requests write to. */
export async function installBareLedger(lab: Lab): Promise<void> {
  const file = join(import.meta.dirname, '../../../manifests/crd/virtualips.yaml')
  await kubectl(lab, ['apply', '--server-side', '-f', '-'], bareLedger(await readFile(file, 'utf8')))
  await kubectl(lab, ['wait', '--for=condition=Established', 'crd', '--all'])
}

/** Does it for each, as many at a time as the controller has requests under way. */
export async function forEach<T>(all: Iterable<T>, act: (one: T) => Promise<unknown>): Promise<void> {
  const limit = slots(IN_FLIGHT)
  await Promise.all(Array.from(all, one => limit(() => act(one))))
}

export const range = (count: number, from = 0): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index)

/**
 * Looks again and again, so many milliseconds after each look.
 *
 * @throws after `within` milliseconds
 */
export async function until(isSo: () => Promise<boolean>, pause: number, within = 60_000): Promise<void> {
  const end = performance.now() + within
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`it did not come to be so within ${within / 1000} s`)
    await sleep(pause)
  }
}
