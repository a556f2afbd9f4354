/**
 * Pods as the API server knows them. The process behind each is its node's pod
 * server; as no kubelet reports on it, the test says how it is.
 */
import type { Resource } from '../../src/kube/resources.ts'
import { type NodeName, nodeName, nodeNumber, numbers, podAddress } from './addresses.ts'
import { type KubeletObject, kubectl, withClient } from './cluster.ts'
import { podPort } from './nodes.ts'
import type { Lab } from './state.ts'

const pods: Resource<KubeletObject> = { apiVersion: 'v1', kind: 'Pod', plural: 'pods' }

/** A pod runs in the namespace `default`. */
const ref = (name: string) => ({ name, namespace: 'default' })

/** A running, ready pod for each node named, `APP-NODE`, labelled `app=APP`. */
export async function runPods(lab: Lab, app: string, nodes?: readonly NodeName[]): Promise<readonly string[]> {
  const on = nodes ?? numbers(lab.nodes).map(nodeName)
  return Promise.all(
    on.map(async node => {
      const name = `${app}-${node}`
      await withClient(lab, async client => {
        await client.create(pods, {
          metadata: { ...ref(name), labels: { app } },
          spec: {
            nodeName: node,
            containers: [{ name: 'server', image: 'pod-server', ports: [{ containerPort: podPort }] }],
          },
        })
        await client.mergePatch(pods, ref(name), { status: status(node, true) }, { subresource: 'status' })
      })
      return name
    }),
  )
}

/** What its readiness probe would say; an endpoint that is not ready serves nothing. */
export const setReady = (lab: Lab, name: string, ready: boolean): Promise<unknown> =>
  withClient(lab, client =>
    client.mergePatch(pods, ref(name), { status: { conditions: conditions(ready) } }, { subresource: 'status' }),
  )

/** Begins its end, as a deletion does: it is terminating, and serves as long as it is ready, until it is removed. */
export const terminatePod = (lab: Lab, name: string): Promise<void> =>
  withClient(lab, client => client.delete(pods, ref(name)))

/** Ends it, as a kubelet does once its process is gone. */
export const removePod = (lab: Lab, name: string): Promise<string> =>
  kubectl(lab, ['delete', 'pod', name, '--force', '--grace-period=0'])

function status(node: NodeName, ready: boolean) {
  const { v4, v6 } = podAddress(nodeNumber(node))
  return { phase: 'Running', podIP: v4, podIPs: [{ ip: v4 }, { ip: v6 }], conditions: conditions(ready) }
}

const conditions = (ready: boolean) =>
  ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(type => ({
    type,
    status: type.endsWith('Ready') && !ready ? 'False' : 'True',
  }))
