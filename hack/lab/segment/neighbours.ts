/** The neighbour table of a client's kernel: whom it believes to have an address. */
import { namespaceOf, type Place } from '../addresses.ts'
import { exec } from '../exec.ts'
import type { Lab } from '../state.ts'

interface Entry {
  readonly dst: string
  readonly lladdr?: string
  readonly state: readonly string[]
}

export interface Neighbour {
  readonly mac: string
  /** `REACHABLE`, `STALE`, … (RFC 4861 section 7.3.2). */
  readonly state: string
}

/** Of both families, by address; what failed to be resolved is left out. */
export async function neighbours(lab: Lab, place: Place): Promise<ReadonlyMap<string, Neighbour>> {
  const text = await exec(['ip', '-json', '-netns', namespaceOf(lab.name, place), 'neighbour', 'show'])
  const entries = JSON.parse(text || '[]') as readonly Entry[]
  return new Map(
    entries.flatMap(({ dst, lladdr, state: [state = ''] }) =>
      lladdr === undefined ? [] : [[dst, { mac: lladdr, state }] as const],
    ),
  )
}

/**
 * Lets a kernel believe, as if it had just been confirmed, that these have the addresses. It does not count them among the
 * entries of which a machine keeps a thousand only (gc_thresh3); frames change them as they do others.
 */
export async function setReachable(lab: Lab, place: Place, macs: ReadonlyMap<string, string>): Promise<void> {
  const device = place === 'router' ? 'br0' : 'eth0'
  const lines = Array.from(
    macs,
    ([address, mac]) => `neighbour replace ${address} lladdr ${mac} nud reachable extern_learn dev ${device}`,
  )
  const batch = ['ip', '-netns', namespaceOf(lab.name, place), '-batch', '-']
  await exec(batch, { input: `${lines.join('\n')}\n` })
}
