/** What the router has been told. */
import { askRouter } from '../../lab/routers.ts'
import type { Lab } from '../../lab/state.ts'

/**
 * BGP UPDATE messages that the router has received on the sessions that are up, all together. BIRD counts the routes in
 * them instead: announced and withdrawn.
 */
export const updates = async (lab: Lab): Promise<number> =>
  lab.router === 'frr'
    ? updatesAtFrr(await askRouter(lab, 'show bgp neighbors json'))
    : updatesAtBird(await askRouter(lab, 'show protocols all'))

export function updatesAtFrr(json: string): number {
  const neighbours = Object.values(JSON.parse(json) as Record<string, { messageStats?: { updatesRecv: number } }>)
  return sum(neighbours.map(({ messageStats }) => messageStats?.updatesRecv ?? 0))
}

export function updatesAtBird(text: string): number {
  const counts = text.matchAll(/^\s+Import (?:updates|withdraws):\s+(\d+)/gm)
  return sum(Array.from(counts, ([, count]) => Number(count)))
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
