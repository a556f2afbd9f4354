/** Why the first candidate for a VIP cannot answer for it. Pure. */
import { conditionTypes } from '../../api/names.ts'
import type { Unable } from '../../desired/announcement/announcement.ts'
import type { Links } from '../../layer2/links.ts'
import { contender, hash, precedes } from '../../layer2/ownership/rank.ts'
import type { Vip } from '../../layer2/responder.ts'
import type { Finding } from '../../status/conditions.ts'

export interface Objection {
  readonly reason: Unable
  readonly message: string
}

/** Whether this node is the one to tell: of all candidates the first by rank. */
export function isFirst(address: string, { candidates, weights }: Vip, node: string): boolean {
  const vip = hash(address)
  const me = contender(node)
  return (
    candidates.has(node) &&
    [...candidates].every(other => other === node || precedes(vip, me, contender(other), weights))
  )
}

/** What keeps this node from answering on any interface; undefined: nothing. */
export function interfaceObjection(node: string, { interfaces }: Vip, { names }: Links): Objection | undefined {
  if (interfaces.some(name => names.has(name))) return undefined
  const message =
    interfaces.length === 0
      ? `Node ${node} has no interface whose network holds the address, or that reaches what the Eip names.`
      : `Node ${node} has no interface ${interfaces.join(', ')}.`
  return { reason: 'InterfaceNotFound', message }
}

/** What keeps a node from reading and writing frames, on whichever interface. */
export const capabilityMissing = (node: string): Objection => ({
  reason: 'CapabilityMissing',
  message: `The speaker of node ${node} has not the capability NET_RAW.`,
})

export const notReady = ({ reason, message }: Objection): Finding<Unable> => ({
  type: conditionTypes.layer2Ready,
  status: 'False',
  reason,
  message,
})
