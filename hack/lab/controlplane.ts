/** A real kube-apiserver with its etcd, for the lab and for every test that needs one. */
import { generateKeyPairSync, randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { binary } from '../binaries.ts'
import { type Identity, identities, kubeconfig, newTokens, type Tokens, tokenFile, users } from './identities.ts'
import { type ProcessRecord, start, stop, waitReady } from './processes.ts'

export const serviceCidrs = ['10.96.0.0/16', 'fd96::/112'] as const

export interface ControlPlaneOptions {
  /** A directory, made if missing, of this control plane only: data, certificates, kubeconfigs and logs. */
  readonly directory: string
  /** Network namespace of both processes. */
  readonly namespace?: string
  /** IPv4 address that clients reach kube-apiserver at. By default a loopback address of its own, so that several run side by side. */
  readonly address?: string
  /** Lives on when this process ends. */
  readonly keep?: boolean
}

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
 * Starts etcd and kube-apiserver with RBAC, and waits until it is ready (2 to 4 s).
 *
 * @throws MissingBinary, or StartFailed with the end of the log
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const address = options.address ?? ownLoopbackAddress()
  const url = `https://${address}:6443`
  const tokens = newTokens()
  prepare(options.directory, tokens)
  const run = (name: string, argv: readonly string[]) =>
    start({
      name,
      argv,
      log: join(options.directory, `${name}.log`),
      namespace: options.namespace,
      keep: options.keep,
    })
  const etcd = await run('etcd', etcdCommand(options.directory))
  const apiServer = await run('kube-apiserver', apiServerCommand(options.directory, address))
  const stopBoth = async () => {
    // A kube-apiserver that has lost its etcd hangs for minutes and keeps its port.
    await stop(apiServer, 'SIGKILL')
    await stop(etcd, 'SIGKILL')
  }
  try {
    await waitReady(apiServer, () => isReady(url, certificate(options.directory), tokens.admin))
  } catch (error) {
    await stopBoth()
    throw error
  }
  return {
    url,
    kubeconfigs: writeKubeconfigs(options.directory, url, tokens),
    etcd,
    apiServer,
    stop: stopBoth,
  }
}

/** One of 16 million addresses: no port has to be found free, and found taken later. */
const ownLoopbackAddress = () => `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`

function prepare(directory: string, tokens: Tokens): void {
  mkdirSync(directory, { recursive: true, mode: 0o755 })
  writeFileSync(join(directory, 'tokens.csv'), tokenFile(tokens), { mode: 0o600 })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(join(directory, 'service-account.key'), privateKey.export({ type: 'sec1', format: 'pem' }), {
    mode: 0o600,
  })
}

/** etcd listens on unix sockets only: no port, and reachable from every network namespace. */
function etcdCommand(directory: string): readonly string[] {
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

function apiServerCommand(directory: string, address: string): readonly string[] {
  const serviceAccountKey = join(directory, 'service-account.key')
  return [
    binary('kube-apiserver'),
    `--etcd-servers=unix://${join(directory, 'etcd.sock')}`,
    // In a namespace nodes and the host reach it on different interfaces; the certificate it makes is for the advertised address.
    `--bind-address=${address.startsWith('127.') ? address : '0.0.0.0'}`,
    `--advertise-address=${address}`,
    '--secure-port=6443',
    `--cert-dir=${join(directory, 'certificates')}`,
    `--token-auth-file=${join(directory, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    `--service-cluster-ip-range=${serviceCidrs.join(',')}`,
    `--service-account-key-file=${serviceAccountKey}`,
    `--service-account-signing-key-file=${serviceAccountKey}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    // Pods are objects without a kubelet here: no ServiceAccount is made for them, and none is needed.
    '--disable-admission-plugins=ServiceAccount',
    // No pod calls kubernetes.default, and a loopback address may not be an endpoint.
    '--endpoint-reconciler-type=none',
  ]
}

/** The certificate that kube-apiserver made for itself, followed by the authority that signed it. */
const certificate = (directory: string): string =>
  readFileSync(join(directory, 'certificates', 'apiserver.crt'), 'utf8')

function isReady(url: string, certificateAuthority: string, token: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = get(
      `${url}/readyz`,
      { ca: certificateAuthority, headers: { authorization: `Bearer ${token}` }, agent: false, timeout: 2_000 },
      response => {
        response.resume()
        resolve(response.statusCode === 200)
      },
    )
    request.on('timeout', () => request.destroy(new Error('timeout')))
    request.on('error', reject)
  })
}

function writeKubeconfigs(directory: string, url: string, tokens: Tokens): Readonly<Record<Identity, string>> {
  const authority = certificate(directory)
  const written = identities.map(identity => {
    const path = join(directory, `${identity}.kubeconfig`)
    writeFileSync(path, kubeconfig(url, authority, users[identity].user, tokens[identity]), { mode: 0o600 })
    return [identity, path] as const
  })
  return Object.fromEntries(written) as Record<Identity, string>
}
