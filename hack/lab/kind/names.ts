/** What a lab on kind is called: its cluster, its docker networks and its containers. */
import { nodeNumber, type Place } from '../addresses.ts'

/** Of the cluster, and of the docker network that its nodes, the router and the neighbour are on. */
export const clusterOf = (lab: string): string => `fl-${lab}`
/** Of the docker network between client and router. */
export const clientNetworkOf = (lab: string): string => `${clusterOf(lab)}-clients`

/** What is not a node of kind's bears this label, with the lab's name. */
export const label = 'dev.fairlead.lab'

/** kind numbers its workers from the second on. */
export function containerOf(lab: string, place: Place): string {
  if (place === 'control') return `${clusterOf(lab)}-control-plane`
  if (!isNode(place)) return `${clusterOf(lab)}-${place}`
  const number = nodeNumber(place)
  return `${clusterOf(lab)}-worker${number === 1 ? '' : number}`
}

const isNode = (place: Place): place is `node${number}` => place.startsWith('node')
