import { finalizers as names } from '../../api/names.ts'
import type { ObjectMeta } from '../../kube/objects.ts'

/** OpenELB may still be there, and would put its own on again: they come off with the object, or when we go. */
const openelbs: readonly string[] = [names.openelbEip, names.openelbBgp]

/**
 * The finalizers that an Eip, BgpConf or BgpPeer is to have; the same list if nothing is to change. Those of others stay.
 * One that is being deleted can be given none any more (the API server refuses it), only be kept by those it has.
 *
 * @param inUse it is not to vanish yet
 * @param leaving nobody will be there to take anything off it
 */
export function finalizersOf(
  { finalizers = [], deletionTimestamp }: Pick<ObjectMeta, 'finalizers' | 'deletionTimestamp'>,
  { inUse, leaving }: { readonly inUse: boolean; readonly leaving: boolean },
): readonly string[] {
  const deleting = deletionTimestamp !== undefined
  if (inUse && !leaving) {
    return deleting || finalizers.includes(names.inUse) ? finalizers : [...finalizers, names.inUse]
  }
  const off = deleting || leaving ? [names.inUse, ...openelbs] : [names.inUse]
  return finalizers.some(name => off.includes(name)) ? finalizers.filter(name => !off.includes(name)) : finalizers
}
