import type { Logger } from 'pino'
import type { SchedulerLike, Subscription } from 'rxjs'
import { group } from '../../api/names.ts'
import type { KubeClient } from '../../kube/client.ts'
import { isApiError } from '../../kube/errors.ts'
import { find } from '../../kube/find.ts'
import type { KubeObject } from '../../kube/objects.ts'
import { bgpConfs, bgpPeers, customResourceDefinitions, eips } from '../../kube/resources.ts'
import type { Backoff } from '../../streams/backoff.ts'
import { WorkQueue } from '../../streams/workqueue.ts'
import { emptySnapshot, type Snapshot } from '../../watch/snapshot.ts'
import { finalizersOf } from './finalizers.ts'
import { setFinalizers } from './patch.ts'

/** Milliseconds between two looks at whether the kind of an Eip that waits is to go as a whole. */
const KIND_MS = 2_000

const CONCURRENCY = 8

const kinds = { eips, bgpConfs, bgpPeers } as const
type Kind = keyof typeof kinds

export interface DeletionsParts {
  readonly client: KubeClient
  /** Of this installation. */
  readonly namespace: string
  readonly isInUse: (eip: string) => boolean
  readonly backoff: Backoff
  readonly scheduler: SchedulerLike
  readonly log: Logger
}

/**
 * Keeps an Eip from vanishing while its addresses are in use, by a finalizer that it has only as long as they are, and
 * lets everything go when this installation, or the custom resource as a whole, is being deleted.
 */
export class Deletions {
  readonly #parts: DeletionsParts
  readonly #queue: WorkQueue
  readonly #timers = new Map<string, Subscription>()
  #snapshot = emptySnapshot

  constructor(parts: DeletionsParts) {
    const { backoff, scheduler, log } = parts
    this.#parts = parts
    this.#queue = new WorkQueue(key => this.#work(key), {
      concurrency: CONCURRENCY,
      backoff,
      scheduler,
      report: (err, object, failures) => {
        log[isApiError(err, 'Conflict') ? 'debug' : 'warn'](
          { err, object, failures },
          'a finalizer could not be written; trying again',
        )
      },
    })
  }

  /** Takes up a change of the cluster. */
  observe(snapshot: Snapshot): void {
    const before = this.#snapshot
    this.#snapshot = snapshot
    const leaves = this.#isLeaving() && before.namespaces !== snapshot.namespaces
    for (const kind of Object.keys(kinds) as Kind[]) {
      if (before[kind] === snapshot[kind] && !leaves) continue
      for (const name of snapshot[kind].keys()) this.#queue.add(`${kind} ${name}`)
    }
  }

  /** More or less of an Eip is in use. The finalizer is put on at once; it comes off when there is time. */
  usageChanged(eip: string): void {
    const metadata = this.#snapshot.eips.get(eip)?.metadata
    if (metadata === undefined) return
    if (metadata.deletionTimestamp !== undefined || this.#parts.isInUse(eip)) this.look(eip)
  }

  look(eip: string): void {
    this.#queue.add(`eips ${eip}`)
  }

  /** Nothing further is written. */
  stop(): void {
    this.#queue.stop()
    for (const timer of this.#timers.values()) timer.unsubscribe()
  }

  async #work(key: string): Promise<void> {
    const [kind, name] = key.split(' ') as [Kind, string]
    const object: KubeObject | undefined = this.#snapshot[kind].get(name)
    if (object === undefined) return
    const { client, isInUse } = this.#parts
    const inUse = kind === 'eips' && isInUse(name) && !(await this.#goesWithItsKind(object))
    const finalizers = finalizersOf(object.metadata, { inUse, leaving: this.#isLeaving() })
    await setFinalizers(client, kinds[kind], object, finalizers)
  }

  /** An Eip in use that is being deleted with its CustomResourceDefinition is not to be kept: it would keep all of that. */
  async #goesWithItsKind({ metadata }: KubeObject): Promise<boolean> {
    if (metadata.deletionTimestamp === undefined) return false
    const { client, scheduler } = this.#parts
    const definition = await find(client, customResourceDefinitions, { name: `${eips.plural}.${group}` })
    const goes = definition === undefined || definition.metadata.deletionTimestamp !== undefined
    // No change of the Eip tells of it, should it come later.
    this.#timers.get(metadata.name)?.unsubscribe()
    if (!goes)
      this.#timers.set(
        metadata.name,
        scheduler.schedule(() => this.look(metadata.name), KIND_MS),
      )
    return goes
  }

  #isLeaving(): boolean {
    const { namespace } = this.#parts
    return this.#snapshot.namespaces.get(namespace)?.metadata.deletionTimestamp !== undefined
  }
}
