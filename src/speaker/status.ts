import { bgpConfName, type NodeConfStatus } from '../api/bgpconf.ts'
import type { BgpPeer, NodePeerStatus } from '../api/bgppeer.ts'
import { speakerFieldManager } from '../api/names.ts'
import { globalMismatch } from '../bgp/plan.ts'
import type { Session } from '../bgp/router.ts'
import type { NextHops } from '../desired/nexthops.ts'
import type { KubeClient } from '../kube/client.ts'
import { bgpConfs, bgpPeers } from '../kube/resources.ts'
import { formatAddress, parseAddress } from '../net/address.ts'
import { nodePeerStatus } from '../status/bgp.ts'
import { createWriter, type Writer, type WriterOptions } from '../status/writer.ts'
import type { Snapshot } from '../watch/snapshot.ts'
import type { Announced } from './announcer.ts'

/** How long a message may be (characters); the schema has the same limit. */
const MESSAGE_LENGTH = 1024

/** What a speaker says of its node in the status of the BgpConf and of the BgpPeers; each its own key, its own field manager. */
export class SpeakerStatus {
  readonly #node: string
  readonly #conf: Writer<NodeConfStatus | undefined>
  readonly #peers: Writer<NodePeerStatus | undefined>

  constructor(client: KubeClient, node: string, shared: Omit<WriterOptions<unknown>, 'send'>) {
    const options = { fieldManager: speakerFieldManager(node), subresource: 'status' } as const
    const own = <T>(value: T | undefined) => (value === undefined ? {} : { [node]: value })
    this.#node = node
    this.#conf = createWriter({
      ...shared,
      send: (name, value) => client.apply(bgpConfs, { name }, { status: { nodesConfStatus: own(value) } }, options),
    })
    this.#peers = createWriter({
      ...shared,
      send: (name, value) => client.apply(bgpPeers, { name }, { status: { nodesPeerStatus: own(value) } }, options),
    })
  }

  writeConf({ bgpConfs: confs }: Snapshot, status: NodeConfStatus | undefined): void {
    const conf = confs.get(bgpConfName)
    if (conf === undefined) return this.#conf.forget(bgpConfName)
    this.#conf.observe(bgpConfName, conf.status?.nodesConfStatus?.[this.#node], conf.metadata.resourceVersion)
    this.#conf.write(bgpConfName, status)
  }

  /** @param sessions of the node's router; those of no BgpPeer are nobody's to tell */
  writePeers({ bgpPeers: peers }: Snapshot, sessions: readonly Session[]): void {
    const byAddress = new Map(sessions.map(session => [session.address, session]))
    for (const peer of peers.values()) {
      const { name, resourceVersion } = peer.metadata
      const session = byAddress.get(neighbour(peer))
      this.#peers.observe(name, peer.status?.nodesPeerStatus?.[this.#node], resourceVersion)
      this.#peers.write(name, session && nodePeerStatus(session))
    }
  }

  /** Nothing further is written. */
  stop(): void {
    this.#conf.clear()
    this.#peers.clear()
  }
}

/** What is so of a node's router after a pass; undefined, and so nothing, while no BgpConf is in force. */
export function nodeConfStatus(
  { wantedGlobal, global }: Announced,
  { hops, left }: NextHops,
): NodeConfStatus | undefined {
  if (wantedGlobal === undefined || global === undefined) return undefined
  const { as, routerId } = global
  const mismatch = globalMismatch(wantedGlobal, global)
  const messages = [
    ...(mismatch.length > 0 ? [`gobgpd has to be restarted for a new ${mismatch.join(', ')}`] : []),
    ...[...left].map(([node, objection]) => `${node}: ${objection}`),
  ]
  return {
    as,
    routerId,
    ready: mismatch.length === 0,
    nextHops: hops.map(({ node }) => node),
    ...(messages.length > 0 && { message: messages.join('; ').slice(0, MESSAGE_LENGTH) }),
  }
}

/** What is so of a node's router that does not do as told. */
export function failedConfStatus(node: string, error: unknown): NodeConfStatus {
  const message = error instanceof Error ? error.message : String(error)
  return { ready: false, nextHops: [], message: `${node}: ${message}`.slice(0, MESSAGE_LENGTH) }
}

function neighbour({ spec }: BgpPeer): string {
  const address = parseAddress(spec.conf.neighborAddress)
  return address === undefined ? '' : formatAddress(address)
}
