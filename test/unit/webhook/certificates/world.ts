/** An API server with the webhook's two objects, and replicas that keep them, in virtual time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { concat, Observable, type SchedulerAction, Subject, Subscription } from 'rxjs'
import type { Draft, KubeClient, WatchNotice, WatchOptions } from '../../../../src/kube/client.ts'
import { ApiError } from '../../../../src/kube/errors.ts'
import type { KubeObject, Secret, ValidatingWebhookConfiguration } from '../../../../src/kube/objects.ts'
import { type Resource, secrets } from '../../../../src/kube/resources.ts'
import { issue } from '../../../../src/webhook/certificates/issue.ts'
import { keepCertificates } from '../../../../src/webhook/certificates/keeper.ts'
import { authorityOf, type Pair, validityOf } from '../../../../src/webhook/certificates/keys.ts'
import { conflict, fakeClient, notFound, unreachable } from '../../kube/fakeclient.ts'
import { metadata } from '../../objects.ts'
import { VirtualTime } from '../../streams/virtualtime.ts'

export const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS
/** So long an API server may go by what it was told before. */
const LAG_MS = MINUTE_MS

interface Told {
  readonly of: string
  readonly version: number
  readonly notice: WatchNotice<KubeObject>
}

/** Watches in which nothing happens are not broken here: a year has half a million such times. */
const STALLED_MS = 65_000

class QuietTime extends VirtualTime {
  override schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    return delay === STALLED_MS ? new Subscription() : super.schedule(work, delay, state)
  }
}

interface Link {
  cut: boolean
  readonly healed: Subject<undefined>
}

export interface Replica {
  served: Pair | undefined
  /** Milliseconds that its clock is ahead. */
  ahead: number
  /** Nothing that it asks for is answered, and its watches are silent. */
  cut(): void
  /** The watches break, as those that were silent do in the end. */
  heal(): void
  stop(): void
}

export class World {
  readonly time = new QuietTime()
  readonly begun = Date.parse('2026-06-01T00:00:00Z')
  readonly replicas: Replica[] = []
  readonly service = { namespace: 'fairlead-system', name: 'fairlead-webhook' }
  configuration: ValidatingWebhookConfiguration | undefined
  secret: Secret | undefined
  writes = 0
  issued = 0
  /** Whether calls that would fail are written down, from now on, in `failures`. */
  watched = false
  readonly failures: string[] = []
  /** Namespaces that replicas found to be called instead of theirs. */
  readonly elsewhere: string[] = []
  /** What happened, one line for each change. */
  readonly history: string[] = []
  /** What was told to be trusted, and until when. */
  readonly #told: { readonly bundle: string; until: number }[] = []
  readonly #notices = new Subject<Told>()
  /** A watch goes on from where a list was. */
  readonly #log: Told[] = []
  #version = 0
  #pending = 0

  get now(): number {
    return this.begun + this.time.now()
  }

  /** As an administrator applies the manifest: nobody is trusted by that. */
  install(clientConfig: object = { service: this.service }): void {
    const webhooks = ['validation', 'deletion'].map(name => ({ name, clientConfig }))
    this.putConfiguration({ metadata: metadata('fairlead'), webhooks })
  }

  putConfiguration(configuration: ValidatingWebhookConfiguration): void {
    this.configuration = this.#versioned(configuration)
    this.#tell('ValidatingWebhookConfiguration', this.configuration)
    const last = this.#told.at(-1)
    if (last !== undefined) last.until = this.now
    this.#told.push({ bundle: this.bundle, until: Number.POSITIVE_INFINITY })
    if (last?.bundle !== this.bundle) this.history.push(`${this.authorities} trusted`)
    this.#check()
  }

  putSecret(data: Secret['data']): void {
    this.secret = this.#versioned({
      ...(this.secret ?? { metadata: metadata('fairlead-webhook') }),
      ...(data && { data }),
    })
    this.#tell('Secret', this.secret)
  }

  deleteSecret(): void {
    if (this.secret === undefined) return
    const object = this.#versioned(this.secret)
    this.secret = undefined
    this.#tell('Secret', object, 'delete')
  }

  get bundle(): string {
    return Buffer.from(this.configuration?.webhooks?.[0]?.clientConfig.caBundle ?? '', 'base64').toString()
  }

  get authorities(): number {
    return this.bundle.match(/BEGIN/g)?.length ?? 0
  }

  start(ahead = 0): Replica {
    const link: Link = { cut: false, healed: new Subject() }
    const replica: Replica = {
      served: undefined,
      ahead,
      cut: () => {
        link.cut = true
      },
      heal: () => {
        link.cut = false
        link.healed.next(undefined)
      },
      stop: () => running.unsubscribe(),
    }
    const running: Subscription = keepCertificates(this.#client(link), {
      namespace: 'fairlead-system',
      issue: async (names, now) => {
        this.#pending += 1
        this.issued += 1
        return issue(names, now).finally(() => (this.#pending -= 1))
      },
      clock: () => new Date(this.now + replica.ahead),
      scheduler: this.time,
      backoff: { first: 100, most: 5_000, random: () => 0 },
      report: () => undefined,
      elsewhere: namespace => this.elsewhere.push(namespace),
    }).subscribe(pair => {
      replica.served = pair
      this.history.push('new served')
      this.#check()
    })
    this.replicas.push(replica)
    return replica
  }

  /** Cryptography takes real time, in which this one stands still. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time.now() + milliseconds
    for (;;) {
      await this.time.pass(0)
      while (this.#pending > 0) {
        await sleep(1)
        await this.time.pass(0)
      }
      const next = this.time.actions.reduce((first, { delay }) => Math.min(first, delay), Number.POSITIVE_INFINITY)
      if (next > end) break
      await this.time.pass(next - this.time.now())
    }
    await this.time.pass(end - this.time.now())
    this.#check()
  }

  /** Once all is in place, no call of any API server to any replica may fail: to be looked at whenever something changes. */
  #check(): void {
    if (this.watched) this.failures.push(...this.failing())
  }

  /** Which calls would fail now, of those that any API server might make to any replica. */
  failing(): readonly string[] {
    const bundles = this.#told.filter(({ until }) => until >= this.now - LAG_MS).map(({ bundle }) => bundle)
    return this.replicas.flatMap(({ served }, index) => {
      if (served === undefined) return [`replica ${index} serves nothing`]
      if (this.now >= validityOf(served.certificate).ends) return [`replica ${index} serves what has expired`]
      const trusted = (bundle: string) => authorityOf(served, bundle.split(/(?<=END CERTIFICATE-----\n)/)) !== undefined
      return bundles.every(trusted) ? [] : [`replica ${index} is not trusted`]
    })
  }

  #versioned<T extends KubeObject>(object: T): T {
    this.#version += 1
    return { ...object, metadata: { ...object.metadata, resourceVersion: `${this.#version}` } }
  }

  #tell(of: string, object: KubeObject, type: 'upsert' | 'delete' = 'upsert'): void {
    const told = { of, version: this.#version, notice: { type, object } }
    this.#log.push(told)
    this.#notices.next(told)
  }

  #client(link: Link): KubeClient {
    const through = async <T>(act: () => T): Promise<T> => {
      if (link.cut) throw unreachable()
      return act()
    }
    const current = (resource: Resource<KubeObject>) =>
      resource.kind === secrets.kind ? this.secret : this.configuration
    const write = (data: Secret['data']) => {
      this.writes += 1
      this.putSecret(data)
      return this.secret
    }
    const methods = {
      list: (resource: Resource<KubeObject>) =>
        through(() => ({ items: [current(resource)].filter(Boolean), resourceVersion: `${this.#version}` })),
      get: (resource: Resource<KubeObject>) =>
        through(() => {
          const object = current(resource)
          if (object === undefined) throw notFound()
          return object
        }),
      create: (_: unknown, { data }: Draft<Secret>) =>
        through(() => {
          if (this.secret !== undefined) throw new ApiError(409, 'AlreadyExists', 'already exists')
          return write(data)
        }),
      update: (_: unknown, { metadata, data }: Draft<Secret>) =>
        through(() => {
          if (this.secret === undefined) throw notFound()
          if (metadata.resourceVersion !== this.secret.metadata.resourceVersion) throw conflict()
          return write(data)
        }),
      apply: (_: unknown, __: unknown, part: ValidatingWebhookConfiguration, how: { resourceVersion: string }) =>
        through(() => {
          const { configuration } = this
          if (configuration?.metadata.resourceVersion !== how.resourceVersion) throw conflict()
          this.writes += 1
          const webhooks = configuration.webhooks?.map((each, index) => ({
            ...each,
            clientConfig: { ...each.clientConfig, ...part.webhooks?.[index]?.clientConfig },
          }))
          this.putConfiguration({ ...configuration, ...(webhooks && { webhooks }) })
          return this.configuration
        }),
      watch: (resource: Resource<KubeObject>, { resourceVersion }: WatchOptions) =>
        new Observable<WatchNotice<KubeObject>>(subscriber => {
          if (link.cut) return subscriber.error(unreachable())
          const missed = this.#log.filter(({ version }) => version > Number(resourceVersion))
          const broken = link.healed.subscribe(() => subscriber.error(unreachable()))
          broken.add(
            concat(missed, this.#notices).subscribe(({ of, notice }) => {
              if (of === resource.kind && !link.cut) subscriber.next(notice)
            }),
          )
          return broken
        }),
    }
    return fakeClient(methods as unknown as Partial<KubeClient>)
  }
}
