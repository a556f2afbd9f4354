/** What every story does in Kubernetes. */
import { binary } from '../binaries.ts'
import { kubectl } from '../lab/cluster.ts'
import type { Lab } from '../lab/lab.ts'
import { kubeconfigOf } from '../lab/nodes.ts'
import { say, show, until } from './narrator.ts'

/** kubectl, as one would type it, with what it wrote. */
export const kube = (lab: Lab, ...args: readonly string[]): Promise<void> =>
  show(
    lab,
    'control',
    [binary('kubectl'), '--kubeconfig', kubeconfigOf(lab, 'admin'), ...args],
    `kubectl ${args.join(' ')}`,
  )

/** Waits for the address of the Service `web`, and shows it. */
export async function addressGiven(lab: Lab): Promise<string> {
  let address = ''
  const given = await until(
    'the Service has an address',
    async () => {
      address = await kubectl(lab, ['get', 'service', 'web', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}'])
      return address
    },
    Boolean,
  )
  say(`the Service has an address: ${address} (seen ${given} ms later)`)
  await kube(lab, 'get', 'service', 'web')
  return address
}
