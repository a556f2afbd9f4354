import type { NodeConfStatus } from '../api/bgpconf.ts'
import { globalMismatch } from '../bgp/plan.ts'
import type { NextHops } from '../desired/nexthops.ts'
import type { Announced } from './announcer.ts'

/**
 * What a speaker says of its node in the status of the BgpConf; undefined, and so nothing of it, while no BgpConf is in
 * force.
 */
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
    ...(messages.length > 0 && { message: messages.join('; ').slice(0, 1024) }),
  }
}
