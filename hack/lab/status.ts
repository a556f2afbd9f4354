/** What a person wants to see of a lab at a glance. */
import { table } from '../table.ts'
import { type NodeName, nodeAddress, nodeNumber, type Place, places } from './addresses.ts'
import { gobgpSocket, kubeconfigOf } from './nodes.ts'
import { isRunningPart, partsAt, processOf } from './parts.ts'
import { isPaused } from './processes.ts'
import { askRouter, routerShell } from './routers.ts'
import { type Lab, logDirectory } from './state.ts'

export async function statusText(lab: Lab): Promise<string> {
  const rows = places(lab.nodes).map(place => [place, addressOf(place), parts(lab, place)])
  const router = lab.router === 'frr' ? 'show bgp summary' : 'show protocols'
  return [
    table([['PLACE', 'ADDRESS', 'PROCESSES'], ...rows]),
    `$ ${routerShell(lab).join(' ')} ${lab.router === 'frr' ? `-c '${router}'` : router}`,
    (await askRouter(lab, router).catch((error: Error) => error.message)).trim(),
    '',
    `export KUBECONFIG=${kubeconfigOf(lab, 'admin')}`,
    `logs: ${logDirectory(lab)}`,
    `gobgp: npm run lab -- exec --name ${lab.name} node1 -- gobgp --target unix://${gobgpSocket(lab, 'node1')} neighbor`,
  ].join('\n')
}

const addressOf = (place: Place): string =>
  place.startsWith('node') ? nodeAddress(nodeNumber(place as NodeName)).v4 : ''

const parts = (lab: Lab, place: Place): string =>
  partsAt(lab, place)
    .map(part => {
      const record = processOf(lab, place, part)
      if (record === undefined || !isRunningPart(lab, place, part)) return `${part} (dead)`
      return `${part} ${record.pid}${isPaused(record) ? ' (paused)' : ''}`
    })
    .join(', ')
