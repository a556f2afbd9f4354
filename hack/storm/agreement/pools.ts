/** The Eips' status: who uses what, and how much is left. */
import { isDeepStrictEqual } from 'node:util'
import type { Eip } from '../../../src/api/eip.ts'
import { keyOf } from '../../../src/kube/resources.ts'
import { formatAddress } from '../../../src/net/address.ts'
import type { World } from '../world.ts'
import { freeIn, rangesOf } from './facts.ts'

export function poolDisagreements(world: World): readonly string[] {
  return world.eips.flatMap(eip => {
    const { conditions: _, ...said } = eip.status ?? {}
    const right: Record<string, unknown> = expected(eip, world)
    const fields = [...new Set([...Object.keys(said), ...Object.keys(right)])]
    return fields
      .filter(field => !isDeepStrictEqual((said as Record<string, unknown>)[field], right[field]))
      .map(
        field =>
          `Eip ${eip.metadata.name}: ${difference(field, (said as Record<string, unknown>)[field], right[field])}`,
      )
  })
}

function expected(eip: Eip, world: World) {
  const used = world.virtualIPs.filter(({ spec }) => spec.eip === eip.metadata.name)
  const [main] = rangesOf(eip)
  return {
    occupied: freeIn(eip, 'IPv4', world) + freeIn(eip, 'IPv6', world) === 0,
    usage: used.length,
    poolSize: Number(rangesOf(eip).reduce((sum, { first, last }) => sum + last - first + 1n, 0n)),
    used: Object.fromEntries(used.map(({ spec }) => [spec.address, spec.services.map(keyOf).join(';')])),
    ready: true,
    observedGeneration: eip.metadata.generation,
    ...(main && {
      firstIP: formatAddress({ family: main.family, bits: main.first }),
      lastIP: formatAddress({ family: main.family, bits: main.last }),
      v4: main.family === 4,
    }),
  }
}

/** Of who uses what, only what differs. */
function difference(field: string, said: unknown, right: unknown): string {
  if (field !== 'used') return `${field} is ${JSON.stringify(said)} instead of ${JSON.stringify(right)}`
  const [is, ought] = [new Map(Object.entries(said ?? {})), new Map(Object.entries(right as object))]
  const different = [...new Set([...is.keys(), ...ought.keys()])].filter(key => is.get(key) !== ought.get(key))
  return `used of ${different.map(key => `${key} is ${is.get(key)} instead of ${ought.get(key)}`).join(', ')}`
}
