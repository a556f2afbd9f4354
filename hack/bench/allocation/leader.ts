import { systemNamespace } from '../../../src/api/names.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import { leases } from '../../../src/kube/resources.ts'

/** The controller of a lab that leads. */
export async function leader(client: KubeClient): Promise<'controller1' | 'controller2'> {
  const lease = await client.get(leases, { name: 'fairlead-controller', namespace: systemNamespace })
  return lease.spec?.holderIdentity?.startsWith('controller1_') === true ? 'controller1' : 'controller2'
}
