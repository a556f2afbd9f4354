import { type BgpConf, bgpConfName } from '../api/bgpconf.ts'
import type { BgpPeer } from '../api/bgppeer.ts'
import { conditionTypes, controllerFieldManager } from '../api/names.ts'
import { unactedFields } from '../api/unacted.ts'
import type { KubeClient } from '../kube/client.ts'
import { bgpConfs, bgpPeers, type Resource } from '../kube/resources.ts'
import { dated, type Finding, findingsOf } from '../status/conditions.ts'
import { fieldsFinding } from '../status/fields.ts'
import { createWriter, type Writer, type WriterOptions } from '../status/writer.ts'
import type { Snapshot } from '../watch/snapshot.ts'

type Shared = Omit<WriterOptions<unknown>, 'send'>

/** The controller's part of the status of BgpConfs and BgpPeers: conditions, and the removal of nodes that have left. */
export class BgpStatus {
  readonly #confs: Reporter<BgpConf>
  readonly #peers: Reporter<BgpPeer>

  constructor(client: KubeClient, shared: Shared) {
    this.#confs = new Reporter(client, bgpConfs, 'nodesConfStatus', shared)
    this.#peers = new Reporter(client, bgpPeers, 'nodesPeerStatus', shared)
  }

  /** Wants the status of all of them to be as the snapshot says. */
  write({ bgpConfs: confs, bgpPeers: peers, nodes }: Snapshot): void {
    const hasLeft = (name: string) => !nodes.has(name)
    for (const conf of confs.values()) {
      const { generation = 0 } = conf.metadata
      const findings = [inForce(conf), fieldsFinding(unactedFields('BgpConf', conf.spec), generation)]
      this.#confs.write(conf, findings, Object.keys(conf.status?.nodesConfStatus ?? {}).filter(hasLeft))
    }
    for (const peer of peers.values()) {
      const { generation = 0 } = peer.metadata
      const findings = [fieldsFinding(unactedFields('BgpPeer', peer.spec), generation)]
      this.#peers.write(peer, findings, Object.keys(peer.status?.nodesPeerStatus ?? {}).filter(hasLeft))
    }
  }

  clear(): void {
    this.#confs.clear()
    this.#peers.clear()
  }
}

function inForce({ metadata: { name, generation = 0 }, spec }: BgpConf): Finding {
  const shared = { type: conditionTypes.ready, observedGeneration: generation }
  if (name !== bgpConfName) {
    return {
      ...shared,
      status: 'False',
      reason: 'NotDefault',
      message: `Only the BgpConf "${bgpConfName}" is in force.`,
    }
  }
  if (spec.as === undefined) return { ...shared, status: 'False', reason: 'NoAs', message: 'spec.as is not set.' }
  return { ...shared, status: 'True', reason: 'InForce', message: 'The nodes’ routers run by it.' }
}

/** Conditions of one kind, and the map in its status that every node writes its own key of. */
class Reporter<T extends BgpConf | BgpPeer> {
  readonly #conditions: Writer<readonly Finding[]>
  readonly #removals: Writer<readonly string[]>
  readonly #seen = new Map<string, T>()

  constructor(client: KubeClient, resource: Resource<T>, nodesField: string, shared: Shared) {
    const options = { fieldManager: controllerFieldManager, subresource: 'status' } as const
    this.#conditions = createWriter({
      ...shared,
      send: (name, findings) => {
        const conditions = dated(findings, this.#seen.get(name)?.status?.conditions ?? [], new Date())
        return client.apply<BgpConf | BgpPeer>(resource, { name }, { status: { conditions } }, options)
      },
    })
    this.#removals = createWriter({
      ...shared,
      send: (name, nodes) => {
        const removed = Object.fromEntries(nodes.map(node => [node, null]))
        return client.mergePatch<BgpConf | BgpPeer>(resource, { name }, { status: { [nodesField]: removed } }, options)
      },
    })
  }

  write(object: T, findings: readonly Finding[], nodesThatLeft: readonly string[]): void {
    const { name, resourceVersion } = object.metadata
    this.#seen.set(name, object)
    this.#conditions.observe(name, findingsOf(object.status?.conditions), resourceVersion)
    this.#conditions.write(name, findings)
    this.#removals.observe(name, [], resourceVersion)
    if (nodesThatLeft.length > 0) this.#removals.write(name, nodesThatLeft)
  }

  clear(): void {
    this.#seen.clear()
    this.#conditions.clear()
    this.#removals.clear()
  }
}
