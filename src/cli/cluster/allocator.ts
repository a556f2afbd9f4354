import { Allocator } from '../../ipam/allocator.ts'
import type { Snapshot } from '../../watch/snapshot.ts'

/** The allocator of a controller that has seen this and done nothing yet. */
export function allocatorOf({ eips, virtualIPs, services }: Snapshot): Allocator {
  const allocator = new Allocator()
  for (const eip of eips.values()) allocator.setEip(eip)
  for (const { metadata, spec } of virtualIPs.values()) {
    allocator.record({ ...spec, uid: metadata.uid, version: metadata.resourceVersion })
  }
  for (const service of services.values()) allocator.tell(undefined, service)
  return allocator
}
