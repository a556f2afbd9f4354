/**
 * What is known of a lab, on disk, so that any shell or test can find it:
 *
 *   /run/fairlead/LAB/lab.json          the lab as it was asked for
 *   /run/fairlead/LAB/processes/…json   one file for each process
 *   /run/fairlead/LAB/logs/…log         what each process wrote
 *   /run/fairlead/LAB/PLACE/…           sockets, configurations and data
 *   /run/fairlead/.links/INDEX          whose link to the host has this index
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { maxLabs, type NodeName, nodeAddress, nodeName, numbers, type Place } from './addresses.ts'
import type { ApiServer } from './controlplane.ts'
import { isAlive, type ProcessIdentity, type ProcessRecord, self } from './processes.ts'

const root = '/run/fairlead'
const links = join(root, '.links')

/** A lab as it is asked for. */
export interface LabSpec {
  readonly name: string
  readonly nodes: number
  /** daemonset: a speaker on every node, and two controllers. compact: `manager all` on two nodes, for all of them. */
  readonly shape: 'daemonset' | 'compact'
  /** What makes its places: network namespaces of this machine, or kind and docker. */
  readonly driver: 'namespaces' | 'kind'
  readonly router: 'frr' | 'bird'
  /** Whether the router runs BFD with every node, at 100 ms x 3 or what the node asks for if that is slower. */
  readonly bfd: boolean
  /** Whether managers are part of it. */
  readonly manager: boolean
  /** The mode of the nodes' kube-proxies. With none, Services are announced all the same, and nobody answers for them. */
  readonly kubeProxy: 'iptables' | 'nftables' | 'none'
  /** Of which Kubernetes the API server is. All else is of the newest. */
  readonly apiServer: ApiServer
  /** A directory of images (`hack/images`): every node has a container runtime with these and a kubelet. Empty: it has none. */
  readonly images: string
  /** Whether managers reach the API server through a proxy that can be told to be faulty. */
  readonly faults: boolean
  /** Whether the API server asks the controllers before it takes an Eip, a BgpConf or a BgpPeer. */
  readonly webhook: boolean
  /** Whether the managers' wall clocks can be set. */
  readonly clocks: boolean
  /** Whether the API server writes down what Fairlead's service accounts ask (`readAudit`). */
  readonly audit: boolean
  /** Lives on when the process that made it ends. */
  readonly keep: boolean
}

export interface Lab extends LabSpec {
  /** Number of its link to the host, unlike that of any other lab. */
  readonly index: number
  readonly maker: ProcessIdentity
  /** Whose an address on the nodes' network is. */
  readonly hosts: Readonly<Record<string, NodeName>>
}

export const labDirectory = (name: string): string => join(root, name)
const labFile = (name: string): string => join(labDirectory(name), 'lab.json')
export const logDirectory = (lab: Lab): string => join(labDirectory(lab.name), 'logs')
export const placeDirectory = (lab: Lab, place: Place): string => join(labDirectory(lab.name), place)

export class NoSuchLab extends Error {
  override readonly name = 'NoSuchLab'
}

/** @throws NoSuchLab */
export function readLab(name: string): Lab {
  const file = labFile(name)
  if (!existsSync(file)) throw new NoSuchLab(`there is no lab "${name}"; npm run lab -- up --name ${name} makes it`)
  return JSON.parse(readFileSync(file, 'utf8')) as Lab
}

/** What is known of a name, which may never have been a lab. */
export const recordedLab = (name: string): Lab | undefined => (existsSync(labFile(name)) ? readLab(name) : undefined)

/** Makes the lab's directories and takes an index that no other lab has. */
export function create(spec: LabSpec): Lab {
  const lab = { ...spec, index: claimIndex(spec.name), maker: self(), hosts: planned(spec.nodes) }
  for (const directory of ['logs', 'processes']) mkdirSync(join(labDirectory(lab.name), directory), { recursive: true })
  writeFileSync(labFile(lab.name), JSON.stringify(lab))
  return lab
}

const planned = (nodes: number) =>
  Object.fromEntries(
    numbers(nodes).flatMap(number => Object.values(nodeAddress(number)).map(address => [address, nodeName(number)])),
  )

/** Creating the file is taking the index: two labs that start at once cannot both. */
function claimIndex(name: string): number {
  mkdirSync(links, { recursive: true })
  for (let index = 0; index < maxLabs; index++) {
    try {
      writeFileSync(join(links, `${index}`), name, { flag: 'wx' })
      return index
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  throw new Error(`there are ${maxLabs} labs: remove some`)
}

/** Forgets the lab: its directory and its index. */
export function forget(name: string): void {
  rmSync(labDirectory(name), { recursive: true, force: true })
  if (!existsSync(links)) return
  for (const index of readdirSync(links)) {
    const file = join(links, index)
    if (readFileSync(file, 'utf8') === name) rmSync(file)
  }
}

/** Names of the labs that left something on disk. */
export const recordedLabs = (): readonly string[] =>
  existsSync(root) ? readdirSync(root).filter(entry => !entry.startsWith('.')) : []

const processFile = (lab: Lab, name: string): string => join(labDirectory(lab.name), 'processes', `${name}.json`)

export const recordProcess = (lab: Lab, record: ProcessRecord): void =>
  writeFileSync(processFile(lab, record.name), JSON.stringify(record))

export function recordedProcess(lab: Lab, name: string): ProcessRecord | undefined {
  const file = processFile(lab, name)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ProcessRecord) : undefined
}

/** Whether the lab is in use: its maker lives or, of one that outlives its maker, any of its processes. */
export function isInUse(name: string): boolean {
  if (!existsSync(labFile(name))) return false
  const lab = readLab(name)
  if (!lab.keep) return isAlive(lab.maker)
  const directory = join(labDirectory(name), 'processes')
  return readdirSync(directory).some(file =>
    isAlive(JSON.parse(readFileSync(join(directory, file), 'utf8')) as ProcessRecord),
  )
}
