/** The faulty proxy in the lab: managers go through it, kubectl and Kubernetes' own parts do not. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hostLink, nodeName, numbers } from '../addresses.ts'
import { apiServerPort, kubeconfigPath } from '../controlplane.ts'
import type { Identity } from '../identities.ts'
import { type Lab, placeDirectory } from '../state.ts'
import { Faults } from './control.ts'

const port = 6444

export const faultsSocket = (lab: Lab): string => join(placeDirectory(lab, 'control'), 'faults.sock')

/** The lab's proxy, to be told what to do. */
export const faultsOf = (lab: Lab): Faults => new Faults(faultsSocket(lab))

export const apiProxyCommand = (lab: Lab): readonly string[] => [
  process.execPath,
  join(import.meta.dirname, 'main.ts'),
  hostLink(lab.index).control,
  `${port}`,
  `${apiServerPort}`,
  join(placeDirectory(lab, 'control'), 'certificates'),
  faultsSocket(lab),
]

/** @param name of a manager: its node's, or the controller's */
export function managerKubeconfig(lab: Lab, name: string): string {
  const directory = placeDirectory(lab, 'control')
  return lab.faults ? join(directory, `${name}.proxied.kubeconfig`) : kubeconfigPath(directory, identityOf(lab, name))
}

function identityOf(lab: Lab, name: string): Identity {
  if (lab.shape === 'compact') return 'manager'
  return name.startsWith('controller') ? 'controller' : 'speaker'
}

export function writeProxiedKubeconfigs(lab: Lab): void {
  for (const name of ['controller1', 'controller2', ...numbers(lab.nodes).map(nodeName)]) {
    const direct = kubeconfigPath(placeDirectory(lab, 'control'), identityOf(lab, name))
    writeFileSync(managerKubeconfig(lab, name), proxied(readFileSync(direct, 'utf8'), port, name), { mode: 0o600 })
  }
}

/** A kubeconfig by which a manager goes through the proxy, which knows it by the path. */
export function proxied(kubeconfig: string, port: number, name: string): string {
  const config = JSON.parse(kubeconfig) as { clusters: { cluster: { server: string } }[] }
  for (const { cluster } of config.clusters) {
    const url = new URL(cluster.server)
    cluster.server = `https://${url.hostname}:${port}/${name}`
  }
  return JSON.stringify(config, null, 2)
}
