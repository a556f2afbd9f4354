import { annotations } from '../api/names.ts'
import type { Service } from '../kube/objects.ts'
import { keyOf } from '../kube/resources.ts'
import type { Entry } from './entry.ts'

/**
 * The entry of an address that a Service has, with the reservation that it asks for by annotation, or without the one that
 * it does not ask for any more; the same object if nothing changes. One that people made stays as it is.
 */
export function reserve(entry: Entry, { metadata }: Service): Entry {
  const { reserved, ...rest } = entry
  const { namespace = '', name } = metadata
  if (metadata.annotations?.[annotations.keepAddress] === 'true') {
    return reserved === undefined ? { ...rest, reserved: { namespace, name, kept: true } } : entry
  }
  return reserved?.kept === true && keyOf(reserved) === keyOf(metadata) ? rest : entry
}
