/** The power of a node with a kubelet: without, it is gone from the network, with all that was on it. */
import type { NodeName } from './addresses.ts'
import { cut, join } from './cables.ts'
import { exec } from './exec.ts'
import * as kind from './kind/cluster.ts'
import { killPart, startPart } from './parts.ts'
import type { Lab } from './state.ts'

const parts = ['machine', 'kube-proxy'] as const

export async function powerOff(lab: Lab, node: NodeName): Promise<void> {
  if (lab.driver === 'kind') return kind.powerOff(lab, node, exec)
  await cut(lab, node)
  for (const part of parts) await killPart(lab, node, part, 'SIGKILL')
}

/** Resolves once it is on the network and starting, which it is not done with. */
export async function powerOn(lab: Lab, node: NodeName): Promise<void> {
  if (lab.driver === 'kind') return kind.powerOn(lab, node, exec)
  await join(lab, node)
  for (const part of parts) await startPart(lab, node, part)
}
