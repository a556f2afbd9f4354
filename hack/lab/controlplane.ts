/** A real kube-apiserver with its etcd, for the lab and for every test that needs one. */
import { generateKeyPairSync, randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { binary } from '../binaries.ts'
import { auditDirectory, auditOptions, writeAuditPolicy } from './audit.ts'
import { type Identity, identities, kubeconfig, newTokens, type Tokens, tokenFile, users } from './identities.ts'
import { type ProcessRecord, start, stop, waitReady } from './processes.ts'

export const serviceCidrs = ['10.96.0.0/16', 'fd96::/112'] as const

export interface ControlPlaneOptions {
  /** A directory, made if missing, of this control plane only: data, certificates, kubeconfigs and logs. */
  readonly directory: string
  readonly apiServer?: ApiServer
}

/** Of the newest Kubernetes that there is a build of, or the oldest that is supported. */
export type ApiServer = 'newest' | 'oldest'

export interface ControlPlane {
  /** `https://ADDRESS:6443` */
  readonly url: string
  /** Path of a kubeconfig for each identity. */
  readonly kubeconfigs: Readonly<Record<Identity, string>>
  readonly etcd: ProcessRecord
  readonly apiServer: ProcessRecord
  /** Ends both at once; the directory stays. */
  stop(): Promise<void>
}

/**
 * Starts etcd and kube-apiserver with RBAC on a loopback address of their own, so that several run side by side, and
 * waits until they are ready (2 to 4 s). They end with this process at the latest.
 *
 * @throws MissingBinary, or StartFailed with the end of the log
 */
export async function startControlPlane({ directory, ...options }: ControlPlaneOptions): Promise<ControlPlane> {
  const address = ownLoopbackAddress()
  const tokens = prepare(directory)
  const run = (name: string, argv: readonly string[]) => start({ name, argv, log: join(directory, `${name}.log`) })
  const etcd = await run('etcd', etcdCommand(directory))
  const apiServer = await run('kube-apiserver', apiServerCommand(directory, address, options))
  const stopBoth = async () => {
    // A kube-apiserver that has lost its etcd hangs for minutes and keeps its port.
    await stop(apiServer, 'SIGKILL')
    await stop(etcd, 'SIGKILL')
  }
  try {
    await waitReady(apiServer, () => apiServerReady(address))
  } catch (error) {
    await stopBoth()
    throw error
  }
  const kubeconfigs = writeKubeconfigs(directory, address, tokens)
  return { url: apiServerUrl(address), kubeconfigs, etcd, apiServer, stop: stopBoth }
}

/** One of 16 million addresses: no port has to be found free, and found taken later. */
const ownLoopbackAddress = () => `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`

export const apiServerPort = 6443

const apiServerUrl = (address: string): string => `https://${address}:${apiServerPort}`

/** Makes the directory of a control plane with all that its processes read. */
export function prepare(directory: string): Tokens {
  const tokens = newTokens()
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'tokens.csv'), tokenFile(tokens), { mode: 0o600 })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ type: 'sec1', format: 'pem' })
  writeFileSync(join(directory, 'service-account.key'), pem, { mode: 0o600 })
  writeAuditPolicy(auditDirectory(directory))
  return tokens
}

/** etcd listens on unix sockets only: no port, and reachable from every network namespace. */
export function etcdCommand(directory: string): readonly string[] {
  const client = `unix://${join(directory, 'etcd.sock')}`
  const peer = `unix://${join(directory, 'etcd-peer.sock')}`
  return [
    binary('etcd'),
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ]
}

const withoutKubelets = [
  // Pods are objects only: no ServiceAccount is made for them, and none is needed.
  '--disable-admission-plugins=ServiceAccount',
  // No pod calls kubernetes.default, and a loopback address may not be an endpoint.
  '--endpoint-reconciler-type=none',
]

export interface ApiServerOptions {
  readonly apiServer?: ApiServer
  /** Whether nodes have kubelets. */
  readonly kubelets?: boolean
  /** Whether it writes down what Fairlead's service accounts ask. */
  readonly audit?: boolean
}

const optionsOf = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`)

/** In a network namespace it is reached at several addresses, and says the one that its certificate is for. */
export function apiServerCommand(
  directory: string,
  address: string,
  { apiServer = 'newest', kubelets = false, audit = false }: ApiServerOptions,
): readonly string[] {
  const serviceAccountKey = join(directory, 'service-account.key')
  return [
    binary(apiServer === 'newest' ? 'kube-apiserver' : 'kube-apiserver-oldest'),
    `--etcd-servers=unix://${join(directory, 'etcd.sock')}`,
    `--bind-address=${address.startsWith('127.') ? address : '0.0.0.0'}`,
    `--advertise-address=${address}`,
    `--secure-port=${apiServerPort}`,
    `--cert-dir=${join(directory, 'certificates')}`,
    `--token-auth-file=${join(directory, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    `--service-cluster-ip-range=${serviceCidrs.join(',')}`,
    // It calls webhooks at the endpoints of their Services: where it runs there is no kube-proxy.
    '--enable-aggregator-routing=true',
    `--service-account-key-file=${serviceAccountKey}`,
    `--service-account-signing-key-file=${serviceAccountKey}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    ...(kubelets ? ['--kubelet-preferred-address-types=InternalIP'] : withoutKubelets),
    ...(audit ? optionsOf(auditOptions(auditDirectory(directory))) : []),
  ]
}

/** Whether it serves, with its roles in place: only then may a stranger ask. */
export function apiServerReady(address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // Nothing is told to it, so it does not matter who it is.
    const options = { rejectUnauthorized: false, agent: false, timeout: 2_000 }
    const request = get(`${apiServerUrl(address)}/readyz`, options, response => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on('timeout', () => request.destroy(new Error('timeout')))
    request.on('error', reject)
  })
}

export const kubeconfigPath = (directory: string, identity: Identity): string =>
  join(directory, `${identity}.kubeconfig`)

/** For an API server that is ready: by then it has made its certificate. */
export function writeKubeconfigs(
  directory: string,
  address: string,
  tokens: Tokens,
): Readonly<Record<Identity, string>> {
  // Its own certificate, followed by that of the authority that signed it.
  const authority = readFileSync(join(directory, 'certificates', 'apiserver.crt'), 'utf8')
  const written = identities.map(identity => {
    const path = kubeconfigPath(directory, identity)
    const text = kubeconfig(apiServerUrl(address), authority, users[identity].user, tokens[identity])
    writeFileSync(path, text, { mode: 0o600 })
    return [identity, path] as const
  })
  return Object.fromEntries(written) as Record<Identity, string>
}
