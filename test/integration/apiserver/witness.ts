/** Sees every version of every Service of a namespace, and what must not be in them. */
import type { KubeClient } from '../../../src/kube/client.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { keyOf, services, virtualIPs } from '../../../src/kube/resources.ts'

const namespace = 'default'

export interface Witness {
  /** By `namespace/name`, the addresses that a Service tells. */
  readonly told: ReadonlyMap<string, readonly string[]>
  /** What was seen that must never be: an address told to two at once, taken away from a Service that is there, or a watch that ended. */
  readonly wrong: readonly string[]
  stop(): void
}

export async function startWitness(client: KubeClient): Promise<Witness> {
  const told = new Map<string, readonly string[]>()
  const tellers = new Map<string, string>()
  const wrong: string[] = []
  const forget = (key: string) => {
    for (const address of told.get(key) ?? []) if (tellers.get(address) === key) tellers.delete(address)
    told.delete(key)
  }
  const see = (service: Service) => {
    const key = keyOf(service.metadata)
    const [before = [], after] = [told.get(key), addressesOf(service)]
    for (const address of before) if (!after.includes(address)) wrong.push(`${key} tells ${address} no more`)
    for (const address of after) {
      const teller = tellers.get(address)
      if (teller !== undefined && teller !== key) wrong.push(`${address} is told by ${teller} and ${key}`)
    }
    forget(key)
    if (after.length > 0) told.set(key, after)
    for (const address of after) tellers.set(address, key)
  }
  const { items, resourceVersion } = await client.list(services, { namespace })
  for (const service of items) see(service)
  const watching = client.watch(services, { namespace, resourceVersion, timeoutSeconds: 600 }).subscribe({
    next: notice => {
      if (notice.type === 'upsert') see(notice.object)
      if (notice.type === 'delete') forget(keyOf(notice.object.metadata))
    },
    error: error => wrong.push(`the watch failed: ${error}`),
    complete: () => wrong.push('the watch ended'),
  })
  return { told, wrong, stop: () => watching.unsubscribe() }
}

/** What the Services tell, and what the ledger gives them, each as sorted `namespace/name UID address`. */
export async function accounts(client: KubeClient) {
  const [told, given] = await Promise.all([client.list(services, { namespace }), client.list(virtualIPs)])
  return {
    told: told.items.flatMap(service => addressesOf(service).map(address => line(service.metadata, address))).sort(),
    given: given.items
      // One that nobody has is a line as well.
      .flatMap(({ spec }) =>
        spec.services.length === 0 ? spec.address : spec.services.map(ref => line(ref, spec.address)),
      )
      .sort(),
  }
}

const line = (ref: { readonly namespace?: string; readonly name: string; readonly uid: string }, address: string) =>
  `${keyOf({ name: ref.name, ...(ref.namespace !== undefined && { namespace: ref.namespace }) })} ${ref.uid} ${address}`

const addressesOf = ({ status }: Service): readonly string[] =>
  (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? [])
