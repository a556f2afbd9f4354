/** Writes that reached the API server, as it counts them itself. */
import { setTimeout as sleep } from 'node:timers/promises'
import { kubectl } from '../../lab/cluster.ts'
import type { Lab } from '../../lab/state.ts'

/** How many of each, by verb and resource: `PATCH services/status`. */
export type Writes = ReadonlyMap<string, number>

export const writes = async (lab: Lab): Promise<Writes> => writesIn(await kubectl(lab, ['get', '--raw', '/metrics']))

const reading = ['GET', 'LIST', 'WATCH', 'CONNECT']

/** Of the API server's metrics, `apiserver_request_total` of all verbs that write. */
export function writesIn(metrics: string): Writes {
  const counts = new Map<string, number>()
  for (const [, labels = '', value] of metrics.matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? ''
    if (reading.includes(label('verb'))) continue
    const subresource = label('subresource')
    const what = `${label('verb')} ${label('resource')}${subresource === '' ? '' : `/${subresource}`}`
    counts.set(what, (counts.get(what) ?? 0) + Number(value))
  }
  return counts
}

/** Those after that were not before, of everything but Leases: these are renewed for as long as something lives. */
export const writesBetween = (before: Writes, after: Writes): Writes =>
  new Map(
    [...after]
      .map(([what, count]) => [what, count - (before.get(what) ?? 0)] as const)
      .filter(([what, count]) => count > 0 && !what.endsWith(' leases')),
  )

/** Waits until nothing but Leases was written for so many milliseconds. Rejects after ten minutes. */
export async function quiet(lab: Lab, during = 2_000): Promise<void> {
  let before = await writes(lab)
  for (const end = performance.now() + 600_000; performance.now() < end; ) {
    await sleep(during)
    const after = await writes(lab)
    if (writesBetween(before, after).size === 0) return
    before = after
  }
  throw new Error('the API server is written to all the time')
}
