/** Faults of the network: a node's cable, or one direction between two places on the nodes' network. */
import { binary } from '../binaries.ts'
import { type NodeName, namespaceOf } from './addresses.ts'
import { exec } from './exec.ts'
import type { Lab } from './state.ts'

/** What has a cable to the router's bridge. */
export type Cabled = NodeName | 'control'

/** Frames between these are dropped by the bridge, in one direction each, without anyone's carrier going. */
const table = `table bridge cables {
  set between { type ifname . ifname; }
  set to_router { type ifname; }
  set from_router { type ifname; }
  chain forward { type filter hook forward priority 0; iifname . oifname @between drop; }
  chain input { type filter hook input priority 0; iifname @to_router drop; }
  chain output { type filter hook output priority 0; oifname @from_router drop; }
}
`

/** Once for each lab. */
export const layCables = (lab: Lab): Promise<string> => nft(lab, table)

/** Cuts a cable: carrier is lost at both ends. */
export const cut = (lab: Lab, place: Cabled): Promise<string> => setLink(lab, place, 'down')
export const join = (lab: Lab, place: Cabled): Promise<string> => setLink(lab, place, 'up')

/** Nothing that `from` sends reaches `to` any more; the other direction works on. */
export const cutOneWay = (lab: Lab, from: Cabled | 'router', to: Cabled | 'router'): Promise<string> =>
  nft(lab, `add element bridge cables ${element(from, to)}\n`)

export const joinOneWay = (lab: Lab, from: Cabled | 'router', to: Cabled | 'router'): Promise<string> =>
  nft(lab, `delete element bridge cables ${element(from, to)}\n`)

function element(from: Cabled | 'router', to: Cabled | 'router'): string {
  if (to === 'router') return `to_router { "${from}" }`
  if (from === 'router') return `from_router { "${to}" }`
  return `between { "${from}" . "${to}" }`
}

const setLink = (lab: Lab, port: Cabled, state: 'up' | 'down'): Promise<string> =>
  exec(['ip', '-netns', namespaceOf(lab.name, 'router'), 'link', 'set', port, state])

const nft = (lab: Lab, commands: string): Promise<string> =>
  exec([binary('nft'), '--file', '-'], { namespace: namespaceOf(lab.name, 'router'), input: commands })
