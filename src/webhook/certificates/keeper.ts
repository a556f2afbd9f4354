/** Keeps the webhook's certificates, in a Secret that all replicas share, and what API servers trust. */
import { combineLatest, map, merge, Observable, type SchedulerLike, Subject, tap } from 'rxjs'
import { webhookConfiguration, webhookFieldManager, webhookName } from '../../api/names.ts'
import type { KubeClient } from '../../kube/client.ts'
import { find } from '../../kube/find.ts'
import type { KubeObject, Secret, ValidatingWebhookConfiguration } from '../../kube/objects.ts'
import { type ObjectRef, type Resource, secrets, validatingWebhookConfigurations } from '../../kube/resources.ts'
import type { Backoff } from '../../streams/backoff.ts'
import { passes } from '../../streams/passes.ts'
import { watchKind } from '../../watch/watchkind.ts'
import { type Issued, type Keys, type Pair, readKeys, writeKeys } from './keys.ts'
import { due, prepared } from './rotation.ts'
import { calledElsewhere, namesCalled, trustPart, trusts, trustsExactly } from './trust.ts'

export interface KeeperOptions {
  /** Of the installation: where the Secret is. */
  readonly namespace: string
  /** Makes a certificate for these names, valid from now on. */
  readonly issue: (names: readonly string[], now: Date) => Promise<Issued>
  /** Wall-clock time. */
  readonly clock: () => Date
  readonly scheduler: SchedulerLike
  readonly backoff: Backoff
  /** Told of each request that failed; it is tried again. Another replica may have been faster (Conflict, AlreadyExists). */
  readonly report: (error: unknown) => void
  /** Told when API servers call the webhook of another installation: they are left to trust that one. */
  readonly elsewhere: (namespace: string) => void
}

interface Seen {
  readonly secret: Secret | undefined
  readonly configuration: ValidatingWebhookConfiguration | undefined
}

/**
 * The certificate to serve and its key, and each later one. Any number of replicas may do this at once: the Secret decides,
 * which is written only as it was read, and what API servers are told is made of the Secret alone. Never errors or completes.
 */
export const keepCertificates = (client: KubeClient, options: KeeperOptions): Observable<Pair> =>
  new Observable(subscriber => {
    const { namespace, clock, scheduler, backoff, report, elsewhere } = options
    const keeper = new Keeper(client, options, pair => subscriber.next(pair))
    const seen = combineLatest({
      secret: one(client, secrets, { namespace, name: webhookName }, options),
      configuration: one(client, validatingWebhookConfigurations, { name: webhookConfiguration }, options).pipe(
        map(found => {
          const called = calledElsewhere(found, namespace)
          if (called !== undefined) elsewhere(called)
          return called === undefined ? found : undefined
        }),
      ),
    })
    const look = new Subject<Seen>()
    let latest: Seen | undefined
    let timer = scheduler.schedule(() => undefined)
    subscriber.add(
      merge(seen.pipe(tap(now => (latest = now))), look)
        .pipe(passes(now => keeper.pass(now), { merge: (_, later) => later, backoff, scheduler, report }))
        .subscribe(until => {
          timer.unsubscribe()
          timer = scheduler.schedule(() => look.next(latest as Seen), Math.max(0, until - clock().getTime()))
        }),
    )
    subscriber.add(() => timer.unsubscribe())
  })

/** The object of this name, and each change of it; undefined while there is none. */
const one = <T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  { namespace, name }: ObjectRef,
  options: KeeperOptions,
): Observable<T | undefined> =>
  watchKind(client, resource, {
    ...options,
    selection: { ...(namespace !== undefined && { namespace }), fieldSelector: `metadata.name=${name}` },
  }).pipe(
    map(event => {
      if (event.type === 'synced') return event.items[0]
      return event.type === 'upsert' ? event.object : undefined
    }),
  )

class Keeper {
  readonly #client: KubeClient
  readonly #options: KeeperOptions
  readonly #serve: (pair: Pair) => void
  #serving: Keys | undefined

  constructor(client: KubeClient, options: KeeperOptions, serve: (pair: Pair) => void) {
    this.#client = client
    this.#options = options
    this.#serve = serve
  }

  /** Does what is due. Resolves to when to look again (milliseconds of the Unix epoch); rejects with an ApiError. */
  async pass({ secret, configuration }: Seen): Promise<number> {
    const keys = secret && readKeys(secret)
    if (keys !== undefined) {
      const before = this.#serving?.current
      this.#serving = keys
      if (before?.certificate !== keys.current.certificate) this.#serve(keys.current)
    }
    const now = this.#options.clock()
    const names = namesCalled(configuration, `${webhookName}.${this.#options.namespace}.svc`)
    const isTrusted = (authority: string) => trusts(configuration, authority)
    const step = due({ keys, serving: this.#serving, names, isTrusted, now: now.getTime() })
    if (step.action !== 'wait') {
      const next =
        step.action === 'write'
          ? step.keys
          : await this.#make(names, now, step.action === 'prepare' ? step.from : undefined)
      return this.pass({ secret: await this.#write(secret, next), configuration })
    }
    if (keys === undefined || configuration === undefined || trustsExactly(configuration, keys.authorities)) {
      return step.until
    }
    // What the watch shows may be late, and must not take back what another replica has told since.
    const latest = await find(this.#client, secrets, this.#ref)
    if (latest?.metadata.resourceVersion !== secret?.metadata.resourceVersion) {
      return this.pass({ secret: latest, configuration })
    }
    await this.#tell(configuration, keys)
    return step.until
  }

  async #make(names: readonly string[], now: Date, from: Keys | undefined): Promise<Keys> {
    const issued = await this.#options.issue(names, now)
    if (from !== undefined) return prepared(from, issued, now.getTime())
    const { authority, ...current } = issued
    return { current, authorities: [authority], since: now.getTime() }
  }

  #write(before: Secret | undefined, keys: Keys): Promise<Secret> {
    const data = writeKeys(keys)
    if (before !== undefined) return this.#client.update(secrets, { ...before, data })
    return this.#client.create(secrets, { metadata: this.#ref, type: 'Opaque', data })
  }

  async #tell(configuration: ValidatingWebhookConfiguration, { authorities }: Keys): Promise<void> {
    const { name, resourceVersion } = configuration.metadata
    const how = { fieldManager: webhookFieldManager, resourceVersion }
    await this.#client.apply(validatingWebhookConfigurations, { name }, trustPart(configuration, authorities), how)
  }

  get #ref(): ObjectRef {
    return { namespace: this.#options.namespace, name: webhookName }
  }
}
