import { type Announces, type BgpConf, bgpConfName, type NodeConfStatus } from '../api/bgpconf.ts'
import type { BgpPeer, NodePeerStatus } from '../api/bgppeer.ts'
import { speakerFieldManager } from '../api/names.ts'
import { globalMismatch } from '../bgp/plan.ts'
import type { Session } from '../bgp/router.ts'
import type { NextHops } from '../desired/nexthops.ts'
import type { KubeClient } from '../kube/client.ts'
import { bgpConfs, bgpPeers } from '../kube/resources.ts'
import { formatAddress, parseAddress } from '../net/address.ts'
import { nodePeerStatus } from '../status/bgp.ts'
import { Reporter, type Writing } from '../status/reporter.ts'
import type { Snapshot } from '../watch/snapshot.ts'
import type { Announced } from './announcer.ts'

/** How long a message may be (characters); the schema has the same limit. */
const MESSAGE_LENGTH = 1024

/** What a speaker says of its node in the status of the BgpConf and of the BgpPeers; each its own key, its own field manager. */
export class SpeakerStatus {
  readonly #node: string
  readonly #announces: Announces
  readonly #conf: Reporter<BgpConf, NodeConfStatus | undefined>
  readonly #peers: Reporter<BgpPeer, NodePeerStatus | undefined>

  constructor(client: KubeClient, node: string, announces: Announces, writing: Writing) {
    const fieldManager = speakerFieldManager(node)
    this.#node = node
    this.#announces = announces
    this.#conf = new Reporter(client, writing, {
      resource: bgpConfs,
      fieldManager,
      read: ({ status }) => status?.nodesConfStatus?.[node],
      status: told => ({ nodesConfStatus: told === undefined ? {} : { [node]: told } }),
    })
    this.#peers = new Reporter(client, writing, {
      resource: bgpPeers,
      fieldManager,
      read: ({ status }) => status?.nodesPeerStatus?.[node],
      status: told => ({ nodesPeerStatus: told === undefined ? {} : { [node]: told } }),
    })
  }

  writeConf({ bgpConfs: confs }: Snapshot, status: NodeConfStatus | undefined): void {
    const conf = confs.get(bgpConfName)
    if (conf === undefined) this.#conf.forget({ name: bgpConfName })
    else this.#conf.write({ name: bgpConfName }, conf, status && { ...status, announces: this.#announces })
  }

  /** @param sessions of the node's router; those of no BgpPeer are nobody's to tell */
  writePeers({ bgpPeers: peers }: Snapshot, sessions: readonly Session[]): void {
    const byAddress = new Map(sessions.map(session => [session.address, session]))
    for (const peer of peers.values()) {
      const session = byAddress.get(neighbour(peer))
      this.#peers.write({ name: peer.metadata.name }, peer, session && nodePeerStatus(session))
    }
  }

  /** The router does not tell its sessions: what was said of them is not known to be so any longer. */
  writeUnknownPeers({ bgpPeers: peers }: Snapshot, error: unknown): void {
    for (const peer of peers.values()) {
      const before = peer.status?.nodesPeerStatus?.[this.#node]
      if (before === undefined) continue
      const peerState = { ...before.peerState, sessionState: 'UNKNOWN' }
      this.#peers.write({ name: peer.metadata.name }, peer, { peerState, lastError: bounded(messageOf(error)) })
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
  { wantedGlobal, global }: Pick<Announced, 'wantedGlobal' | 'global'>,
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
    ...(messages.length > 0 && { message: bounded(messages.join('; ')) }),
  }
}

/** What is so of a node's router that does not do as told. */
export function failedConfStatus(node: string, error: unknown): NodeConfStatus {
  return { ready: false, nextHops: [], message: bounded(`${node}: ${messageOf(error)}`) }
}

function bounded(message: string): string {
  return message.slice(0, MESSAGE_LENGTH)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function neighbour({ spec }: BgpPeer): string {
  const address = parseAddress(spec.conf.neighborAddress)
  return address === undefined ? '' : formatAddress(address)
}
