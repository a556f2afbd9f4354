import { type BgpConf, bgpConfName } from '../api/bgpconf.ts'
import type { BgpPeer } from '../api/bgppeer.ts'
import { conditionTypes, controllerFieldManager } from '../api/names.ts'
import { unactedFields } from '../api/unacted.ts'
import type { KubeClient, Part } from '../kube/client.ts'
import { bgpConfs, bgpPeers, type Resource } from '../kube/resources.ts'
import { dated, type Finding, findingsOf } from '../status/conditions.ts'
import { fieldsFinding } from '../status/fields.ts'
import type { BgpConfReason, BgpPeerReason } from '../status/reasons.ts'
import { Reporter, type Writing } from '../status/reporter.ts'
import { createWriter, type Writer } from '../status/writer.ts'
import type { Snapshot } from '../watch/snapshot.ts'

/** The controller's part of the status of BgpConfs and BgpPeers: conditions, and the removal of nodes that have left. */
export class BgpStatus {
  readonly #confs: NodesStatus<BgpConf>
  readonly #peers: NodesStatus<BgpPeer>

  constructor(client: KubeClient, writing: Writing) {
    this.#confs = new NodesStatus(client, bgpConfs, 'nodesConfStatus', writing)
    this.#peers = new NodesStatus(client, bgpPeers, 'nodesPeerStatus', writing)
  }

  /** Wants the status of all of them to be as the snapshot says. */
  write({ bgpConfs: confs, bgpPeers: peers, nodes }: Snapshot): void {
    const hasLeft = (name: string) => !nodes.has(name)
    const inUse = confs.get(bgpConfName)
    for (const conf of confs.values()) {
      const { generation = 0 } = conf.metadata
      const findings = [
        inForce(conf),
        fieldsFinding(unactedFields('BgpConf', conf.spec), generation, restartNotAsked(conf, inUse)),
      ]
      this.#confs.write(conf, findings, Object.keys(conf.status?.nodesConfStatus ?? {}).filter(hasLeft))
    }
    for (const peer of peers.values()) {
      const { generation = 0 } = peer.metadata
      const findings = [
        established(peer),
        fieldsFinding(unactedFields('BgpPeer', peer.spec), generation, restartNotAsked(peer, inUse)),
      ]
      this.#peers.write(peer, findings, Object.keys(peer.status?.nodesPeerStatus ?? {}).filter(hasLeft))
    }
  }

  clear(): void {
    this.#confs.clear()
    this.#peers.clear()
  }
}

/** Whether the routers run by this BgpConf. */
export function inForce({ metadata: { name, generation = 0 }, spec }: BgpConf): Finding<BgpConfReason> {
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

/** Says so where graceful restart is set and nodes announce others besides themselves: see docs/adr/0015. */
export function restartNotAsked({ spec }: BgpConf | BgpPeer, inUse: BgpConf | undefined): string | undefined {
  const announcing = Object.values(inUse?.status?.nodesConfStatus ?? {})
  if (!spec.gracefulRestart?.enabled || announcing.every(({ announces }) => announces !== 'eligible-nodes'))
    return undefined
  return 'Not acted on where several nodes announce the same next hops: spec.gracefulRestart.'
}

/** Whether the sessions of all nodes that have one are up. */
export function established({ metadata: { generation = 0 }, status }: BgpPeer): Finding<BgpPeerReason> {
  const shared = { type: conditionTypes.ready, observedGeneration: generation }
  const sessions = Object.entries(status?.nodesPeerStatus ?? {})
  const down = sessions.filter(([, { peerState }]) => peerState?.sessionState !== 'ESTABLISHED').map(([node]) => node)
  if (sessions.length === 0) {
    return { ...shared, status: 'False', reason: 'NoSession', message: 'No node has reported a session.' }
  }
  if (down.length === 0) {
    return { ...shared, status: 'True', reason: 'Established', message: 'The session of every node is established.' }
  }
  const names = `${down.sort().slice(0, 3).join(', ')}${down.length > 3 ? ' and more' : ''}`
  return { ...shared, status: 'False', reason: 'NotEstablished', message: `Not established by ${names}.` }
}

/** Conditions of one kind, and the map in its status that every node writes its own key of. */
class NodesStatus<T extends BgpConf | BgpPeer> {
  readonly #conditions: Reporter<T, readonly Finding[]>
  readonly #removals: Writer<readonly string[]>

  constructor(client: KubeClient, resource: Resource<T>, nodesField: string, writing: Writing) {
    this.#conditions = new Reporter<T, readonly Finding[]>(client, writing, {
      resource,
      fieldManager: controllerFieldManager,
      read: ({ status }) => findingsOf(status?.conditions),
      status: (findings, before, now) =>
        ({ conditions: dated(findings, before?.status?.conditions ?? [], now) }) as Part<NonNullable<T['status']>>,
    })
    this.#removals = createWriter({
      ...writing,
      send: (name, nodes) => {
        const status = { [nodesField]: Object.fromEntries(nodes.map(node => [node, null])) }
        const options = { fieldManager: controllerFieldManager, subresource: 'status' } as const
        return client.mergePatch<BgpConf | BgpPeer>(resource, { name }, { status }, options)
      },
    })
  }

  write(object: T, findings: readonly Finding[], nodesThatLeft: readonly string[]): void {
    const { name, resourceVersion } = object.metadata
    this.#conditions.write({ name }, object, findings)
    this.#removals.observe(name, [], resourceVersion)
    if (nodesThatLeft.length > 0) this.#removals.write(name, nodesThatLeft)
  }

  clear(): void {
    this.#conditions.clear()
    this.#removals.clear()
  }
}
