/** What the gobgpd of a node holds, as its command line says. */
import { binary } from '../binaries.ts'
import { type NodeName, namespaceOf } from './addresses.ts'
import { CommandFailed, exec } from './exec.ts'
import { gobgpSocket } from './nodes.ts'
import type { Lab } from './state.ts'

interface GobgpPath {
  readonly attrs: readonly { readonly nexthop?: string }[]
}

/** The gobgp command line beside a node's manager. */
export const gobgp = (lab: Lab, node: NodeName, ...args: readonly string[]): Promise<string> =>
  exec([binary('gobgp'), '--target', `unix://${gobgpSocket(lab, node)}`, ...args], {
    namespace: namespaceOf(lab.name, node),
  })

/** The next hops of each prefix, sorted; none as long as this gobgpd has not been told its AS. */
export async function ribOf(lab: Lab, node: NodeName): Promise<ReadonlyMap<string, readonly string[]>> {
  const tables = await Promise.all(
    ['ipv4', 'ipv6'].map(async family => {
      const text = await gobgp(lab, node, 'global', 'rib', '--address-family', family, '--json').catch(whatIsEmpty)
      return Object.entries(JSON.parse(text) as Record<string, readonly GobgpPath[]>)
    }),
  )
  return new Map(
    tables.flat().map(([prefix, paths]) => {
      const hops = paths.flatMap(({ attrs }) => attrs.flatMap(({ nexthop }) => nexthop ?? []))
      return [prefix, hops.sort()]
    }),
  )
}

function whatIsEmpty(error: unknown): string {
  if (error instanceof CommandFailed && error.stdout.includes("bgp server hasn't started yet")) return '{}'
  throw error
}
