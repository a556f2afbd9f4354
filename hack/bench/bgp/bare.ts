/** What a controller cannot do without, and nothing else: the floor of giving an address. */
import type { Service } from '../../../src/kube/objects.ts'
import { keyOf, services } from '../../../src/kube/resources.ts'
import { addressOf, exists } from './cluster.ts'
import {
  bareVirtualIPDraft,
  bareVirtualIPs,
  foreignServiceDraft,
  ingressOf,
  serviceDraft,
  serviceRef,
} from './objects.ts'
import type { Scene } from './scene.ts'

/** Create a Service, see it, write the ledger, write the status, see that. Milliseconds. */
export async function bareGiving(scene: Scene, name: string, address: string): Promise<number> {
  const { client, services: seen } = scene
  const key = keyOf(serviceRef(name))
  const began = performance.now()
  const [, at] = await Promise.all([
    client.create(services, foreignServiceDraft(name)),
    seen.next(key, exists).then(async () => {
      const [told] = await Promise.all([
        seen.next(key, service => addressOf(service) === address),
        give(scene, seen.get(key) as Service, address),
      ])
      return told
    }),
  ])
  return at - began
}

/** The ledger, then the status. */
export async function give(scene: Scene, service: Service, address: string): Promise<void> {
  const { metadata } = service
  await scene.client.create(
    bareVirtualIPs,
    bareVirtualIPDraft(address, { ...serviceRef(metadata.name), uid: metadata.uid }),
  )
  await tell(scene, service, address)
}

/** The status alone. */
export const tell = ({ client }: Scene, { metadata: { name } }: Service, address: string): Promise<unknown> =>
  client.mergePatch(services, serviceRef(name), { status: ingressOf(address) }, { subresource: 'status' })

/** Create a Service of ours; see the address that it is given. Milliseconds. */
export async function giving({ client, services: seen }: Scene, name: string): Promise<number> {
  const began = performance.now()
  const [, at] = await Promise.all([
    client.create(services, serviceDraft(name)),
    seen.next(keyOf(serviceRef(name)), service => addressOf(service) !== undefined),
  ])
  return at - began
}
