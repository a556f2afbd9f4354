/** Webhooks as replicas serve them, and our manifests that lead a real API server to one of them. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { type Subscription, shareReplay } from 'rxjs'
import { parse } from 'yaml'
import { systemNamespace, webhookConfiguration, webhookName } from '../../../src/api/names.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import { loadKubeConfig } from '../../../src/kube/config.ts'
import { createClient } from '../../../src/kube/httpclient.ts'
import type { Secret, ValidatingWebhookConfiguration } from '../../../src/kube/objects.ts'
import { eips, secrets, validatingWebhookConfigurations } from '../../../src/kube/resources.ts'
import { webhookMetrics } from '../../../src/metrics/webhook.ts'
import { monotonic } from '../../../src/streams/time.ts'
import { watchCluster } from '../../../src/watch/watch.ts'
import { webhook } from '../../../src/webhook.ts'
import type { Context } from '../apiserver/support.ts'

const manifest = join(import.meta.dirname, '../../../manifests/webhook/configuration.yaml')
const host = '127.0.0.1'

/** One that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** The real configuration, but that API servers here find no Service: it names where one of the replicas listens. */
export function configuration(port: number): ValidatingWebhookConfiguration {
  const { webhooks = [], ...rest } = parse(readFileSync(manifest, 'utf8')) as ValidatingWebhookConfiguration
  return {
    ...rest,
    webhooks: webhooks.map(each => ({ ...each, clientConfig: { url: `https://${host}:${port}/validate` } })),
  }
}

export interface Replica {
  /** Milliseconds that its clock is ahead. */
  ahead: number
  readonly registry: Registry
  stop(): Promise<void>
}

/** A replica with the rights of the controller, and nothing that leads. */
export function startReplica({ controlPlane }: Context, port: number, ahead = 0): Replica {
  const config = loadKubeConfig(controlPlane.kubeconfigs.controller)
  const client = createClient(config)
  const report = () => undefined
  const backoff = { first: 50, most: 500, random: Math.random }
  const kinds = ['services', 'nodes', 'eips', 'bgpConfs', 'bgpPeers', 'virtualIPs'] as const
  const cluster = watchCluster(client, kinds, { backoff, scheduler: monotonic, report }).pipe(
    shareReplay({ bufferSize: 1, refCount: true }),
  )
  const registry = new Registry()
  const replica = { ahead, registry, stop: () => stop() }
  const running: Subscription = webhook({
    cluster,
    client,
    namespace: systemNamespace,
    listen: { host, port },
    serves: () => undefined,
    log: pino({ level: process.env['WEBHOOK_LOG'] ?? 'silent' }),
    metrics: webhookMetrics([registry]),
    scheduler: monotonic,
    clock: () => new Date(Date.now() + replica.ahead),
    random: Math.random,
  }).subscribe()
  const stop = async () => {
    running.unsubscribe()
    await config.close()
  }
  return replica
}

export const secret = (client: KubeClient): Promise<Secret> =>
  client.get(secrets, { namespace: systemNamespace, name: webhookName })

/** Has every replica look again, whatever its clock says. */
export const nudge = (client: KubeClient): Promise<Secret> =>
  client.mergePatch(
    secrets,
    { namespace: systemNamespace, name: webhookName },
    { metadata: { annotations: { nudged: `${performance.now()}` } } },
  )

/** The authorities that the API server is told to trust, PEM. */
export async function trusted(client: KubeClient): Promise<string> {
  const { webhooks = [] } = await client.get(validatingWebhookConfigurations, { name: webhookConfiguration })
  return Buffer.from(webhooks[0]?.clientConfig.caBundle ?? '', 'base64').toString()
}

let count = 0

/** Creates an Eip that nothing is wrong with, as a trial: nothing is kept. Rejects as the API server does. */
export async function trial(client: KubeClient): Promise<void> {
  count += 1
  const name = `trial-${count}`
  await client.create(eips, { metadata: { name }, spec: { address: `10.99.${count >> 8}.${count & 255}` } })
  await client.delete(eips, { name })
}

/** Until it goes through. @throws the last error when it does not within so many milliseconds */
export async function untilDone<T>(act: () => Promise<T>, milliseconds = 30_000): Promise<T> {
  const end = performance.now() + milliseconds
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (performance.now() > end) throw error
      await new Promise(resolve => setTimeout(resolve, 25))
    }
  }
}

/** Trials one after the other until it is stopped; returns how many there were, and each that failed. */
export function trials(
  client: KubeClient,
): () => Promise<{ readonly done: number; readonly failed: readonly string[] }> {
  const failed: string[] = []
  const end = new AbortController()
  let done = 0
  const loop = async () => {
    while (!end.signal.aborted) {
      await trial(client).catch((error: Error) => failed.push(error.message))
      done += 1
    }
  }
  const loops = [loop(), loop()]
  return async () => {
    end.abort()
    await Promise.all(loops)
    return { done, failed }
  }
}
