/** The lab's Kubernetes objects: our manifests, and a Node for each node. */
import { join } from 'node:path'
import { stringify } from 'yaml'
import { apiVersion, systemNamespace } from '../../src/api/names.ts'
import type { KubeClient } from '../../src/kube/client.ts'
import { loadKubeConfig } from '../../src/kube/config.ts'
import { createClient } from '../../src/kube/httpclient.ts'
import type { KubeObject, Node } from '../../src/kube/objects.ts'
import { leases, type Resource } from '../../src/kube/resources.ts'
import { binary } from '../binaries.ts'
import { type NodeName, nodeAddress, nodeName, numbers, podCidr } from './addresses.ts'
import { exec } from './exec.ts'
import type { Identity } from './identities.ts'
import { kubeconfigOf } from './nodes.ts'
import type { Lab } from './state.ts'
import { webhookBackends } from './webhook.ts'

const manifests = (name: string): string => join(import.meta.dirname, '../../manifests', name)

/** A program that talks to the lab's API server as its administrator. With kind, which brings none, it is the user's own. */
export const asAdmin = (lab: Lab, program: 'kubectl' | 'helm', args: readonly string[]): readonly string[] => [
  lab.driver === 'kind' ? program : binary(program),
  '--kubeconfig',
  kubeconfigOf(lab, 'admin'),
  ...args,
]

/** Runs kubectl as the lab's administrator. */
export const kubectl = (lab: Lab, args: readonly string[], input?: string): Promise<string> =>
  exec(asAdmin(lab, 'kubectl', args), input === undefined ? {} : { input })

/** Gives a client for the API server to `use`, and closes its connections afterwards. */
export async function withClient<T>(
  lab: Lab,
  use: (client: KubeClient) => Promise<T>,
  identity: Identity = 'admin',
): Promise<T> {
  const config = loadKubeConfig(kubeconfigOf(lab, identity))
  try {
    return await use(createClient(config))
  } finally {
    await config.close()
  }
}

/** Applies the custom resources and the roles, and waits until the former are served. */
export async function installManifests(lab: Lab): Promise<void> {
  const rbac = lab.shape === 'compact' ? 'rbac-compact' : 'rbac'
  const apply = ['apply', '--server-side', '-k']
  await Promise.all([
    kubectl(lab, [...apply, manifests('crd')]).then(() =>
      kubectl(lab, ['wait', '--for=condition=Established', 'crd', '--all']),
    ),
    kubectl(lab, [...apply, manifests(rbac)]),
  ])
  if (!lab.webhook) return
  const files = ['service', 'configuration'].map(name => `--filename=${manifests(`webhook/${name}.yaml`)}`)
  await kubectl(lab, ['apply', '--server-side', ...files])
  await kubectl(
    lab,
    ['apply', '--server-side', '--filename=-'],
    webhookBackends(lab)
      .map(each => stringify(each))
      .join('---\n'),
  )
}

/** Whether the API server's questions are answered. Rejects while they are not. */
export const takesEips = (lab: Lab): Promise<boolean> => {
  const eip = { apiVersion, kind: 'Eip', metadata: { name: 'lab' }, spec: { address: '192.0.2.1', disable: true } }
  return kubectl(lab, ['create', '--dry-run=server', '--filename=-'], stringify(eip)).then(() => true)
}

/** Whether one of the managers leads: from then on Services get addresses. Rejects while there is no Lease. */
export const hasLeader = (lab: Lab): Promise<boolean> =>
  withClient(lab, async client => {
    const lease = await client.get(leases, { name: 'fairlead-controller', namespace: systemNamespace })
    return Boolean(lease.spec?.holderIdentity)
  })

/** What a kubelet would write, which is more than Fairlead reads. */
export interface KubeletObject extends KubeObject {
  readonly spec: object
  readonly status?: object
}

const nodeResource: Resource<KubeletObject> = { apiVersion: 'v1', kind: 'Node', plural: 'nodes' }

/** Whether a node's kubelet says that it is. Rejects before it has registered the node. */
export const isNodeReady = (lab: Lab, name: NodeName): Promise<boolean> =>
  withClient(lab, async client => {
    const { status } = (await client.get(nodeResource, { name })) as Node
    return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
  })

/** What kubelets would have written of the lab's nodes. */
export const registerNodes = (lab: Lab): Promise<unknown> =>
  withClient(lab, client =>
    Promise.all(numbers(lab.nodes).map(number => client.create(nodeResource, nodeObject(number)))),
  )

function nodeObject(number: number) {
  const address = nodeAddress(number)
  const cidr = podCidr(number)
  const name = nodeName(number)
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    spec: { podCIDR: cidr.v4, podCIDRs: [cidr.v4, cidr.v6] },
    status: {
      addresses: [
        { type: 'InternalIP', address: address.v4 },
        { type: 'InternalIP', address: address.v6 },
        { type: 'Hostname', address: name },
      ],
      conditions: [{ type: 'Ready', status: 'True', reason: 'Lab', message: 'the lab says so' }],
    },
  }
}
