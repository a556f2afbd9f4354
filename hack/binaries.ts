/**
 * Where the real components are that the lab, the tests and the demo run.
 * `hack/setup` builds or installs them; nothing is looked up on PATH, so that
 * two runs on one machine never use two versions.
 */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Built from the Go modules below hack/ into the cache. */
const built = [
  'etcd',
  'kube-apiserver',
  'kube-apiserver-oldest',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubectl',
  'kubelet',
  'gobgp',
  'gobgpd',
  'gobgp-descriptors',
  'helm',
] as const

/** Debian's packages. */
const installed = {
  zebra: '/usr/lib/frr/zebra',
  bgpd: '/usr/lib/frr/bgpd',
  bfdd: '/usr/lib/frr/bfdd',
  vtysh: '/usr/bin/vtysh',
  bird: '/usr/sbin/bird',
  birdc: '/usr/sbin/birdc',
  /** By its path: npm scripts have an unrelated nft first on theirs. */
  nft: '/usr/sbin/nft',
} as const

export type BinaryName = (typeof built)[number] | keyof typeof installed

/** What envtest's KUBEBUILDER_ASSETS directory holds. */
const inAssets: readonly string[] = ['etcd', 'kube-apiserver', 'kubectl']

/** The cache of `hack/setup`: what it built, outside the work tree. */
export const cacheDirectory = (environment: NodeJS.ProcessEnv = process.env): string =>
  environment['FAIRLEAD_CACHE'] ?? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'fairlead')

function locate(name: BinaryName, environment: NodeJS.ProcessEnv): string {
  if (name in installed) return installed[name as keyof typeof installed]
  const assets = environment['KUBEBUILDER_ASSETS']
  if (assets !== undefined && inAssets.includes(name)) return join(assets, name)
  return join(cacheDirectory(environment), 'bin', name)
}

/**
 * The absolute path of a component.
 *
 * @throws MissingBinary when it is not there; the message says what to run.
 */
export function binary(name: BinaryName, environment: NodeJS.ProcessEnv = process.env): string {
  const path = locate(name, environment)
  if (!existsSync(path)) throw new MissingBinary(name, path)
  return path
}

export class MissingBinary extends Error {
  override readonly name = 'MissingBinary'
  constructor(binaryName: BinaryName, path: string) {
    super(`${binaryName} is missing (${path}): run hack/setup, which builds and installs what the lab needs`)
  }
}
