/** Where the API server is and who we are to it. */
import { accessSync, constants } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { delimiter } from 'node:path'
import type { RequestContext } from '@kubernetes/client-node'
import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import { KubeConfig } from './clientnode.ts'
import { TokenFile } from './tokenfile.ts'

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** Nothing can be said to any API server; the message names the file and what is wrong with it. */
export class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError'
}

/**
 * The kubeconfig at `path`; else those that KUBECONFIG lists, merged; else the ServiceAccount of the Pod we run in.
 *
 * @param context of the kubeconfig, in place of its current one
 * @throws KubeConfigError
 */
export function loadKubeConfig(
  path: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
  context?: string,
): PooledKubeConfig {
  const paths = path === undefined ? (environment['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean) : [path]
  const config = new PooledKubeConfig()
  if (paths.length > 0) {
    for (const file of paths) explain(file, () => merge(config, file))
    if (context !== undefined) config.setCurrentContext(context)
    explain(paths.join(delimiter), () => validate(config))
  } else {
    if (environment['KUBERNETES_SERVICE_HOST'] === undefined) {
      throw new KubeConfigError('no API server: neither a kubeconfig nor KUBECONFIG is given, and this is not a Pod')
    }
    explain(serviceAccountToken, () => accessSync(serviceAccountToken, constants.R_OK))
    config.loadFromCluster()
  }
  return config
}

function merge(config: PooledKubeConfig, file: string): void {
  const read = new KubeConfig()
  read.loadFromFile(file)
  config.mergeConfig(read, config.currentContext !== undefined)
}

/** What the library accepts and then fails on at the first request, if not later. */
function validate(config: PooledKubeConfig): void {
  const context = config.getContextObject(config.currentContext)
  if (context === null) throw new Error(`there is no context "${config.currentContext ?? ''}", which is to be used`)
  const cluster = config.getCluster(context.cluster)
  if (cluster === null) throw new Error(`there is no cluster "${context.cluster}", which the current context names`)
  const user = config.getUser(context.user)
  if (user === null) throw new Error(`there is no user "${context.user}", which the current context names`)
  if (!URL.canParse(cluster.server)) throw new Error(`the server "${cluster.server}" is not a URL`)
  config.createDispatcherOptions(cluster, {})
  for (const named of [cluster.caFile, user.certFile, user.keyFile]) {
    if (named) accessSync(named, constants.R_OK)
  }
}

function explain(file: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    // The library trips over what is not a kubeconfig at all; the parser's message goes on with an excerpt.
    const why = error instanceof TypeError ? 'this is not a kubeconfig' : (error as Error).message.split('\n', 1)[0]
    throw new KubeConfigError(`kubeconfig ${file}: ${why}`, { cause: error })
  }
}

/** What a TLS connection is made from; a change, as by a rotated certificate, asks for new connections. */
const tlsFields = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername'] as const

/**
 * A KubeConfig whose requests share their connections: the library's own opens one for each. Credentials are still asked
 * for with every request, since they rotate. A token file is read by monotonic time: after the wall clock has been set back the library
 * would go on with a token that is replaced, and then expired, for as long as it was set back.
 */
export class PooledKubeConfig extends KubeConfig {
  readonly #now: () => number
  #tls: RequestOptions | undefined
  #dispatcher: Dispatcher | undefined
  #tokenFile: TokenFile | undefined

  /** @param now milliseconds of monotonic time */
  constructor(now = () => performance.now()) {
    super()
    this.#now = now
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const options: RequestOptions = {}
    await this.applyToHTTPSOptions(options)
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (typeof value === 'string') context.setHeaderParam(name, value)
    }
    const tokenFile: unknown = this.getCurrentUser()?.authProvider?.config?.tokenFile
    if (typeof tokenFile === 'string') {
      this.#tokenFile ??= new TokenFile(tokenFile, this.#now)
      context.setHeaderParam('Authorization', `Bearer ${this.#tokenFile.read()}`)
    }
    if (options.auth) {
      context.setHeaderParam('Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`)
    }
    context.setDispatcher(this.#dispatcherFor(options))
  }

  /** Ends the connections, once what is under way on them has ended. */
  async close(): Promise<void> {
    await this.#dispatcher?.close()
    this.#dispatcher = undefined
  }

  #dispatcherFor(options: RequestOptions): Dispatcher {
    if (this.#dispatcher === undefined || !tlsFields.every(field => same(this.#tls?.[field], options[field]))) {
      void this.#dispatcher?.close()
      this.#tls = options
      this.#dispatcher = this.#newDispatcher(options)
    }
    return this.#dispatcher
  }

  #newDispatcher(options: RequestOptions): Dispatcher {
    const tls = Object.fromEntries(
      tlsFields.map(field => [field, options[field]]).filter(([, value]) => value !== undefined),
    )
    const pool = {
      // One request a connection: a lost packet or a dead connection holds up nothing else, and an aborted request
      // closes the connection it may have been stuck in. There are as many as there are requests under way.
      allowH2: false,
      pipelining: 1,
      // Below the 90 s after which kube-apiserver closes an idle connection.
      keepAliveTimeout: 60_000,
    }
    const proxy = this.getCurrentCluster()?.proxyUrl
    if (proxy) return new ProxyAgent({ ...pool, uri: proxy, requestTls: tls })
    // A peer that is gone without a word is noticed 20 s after the last one: Node probes ten times, a second apart.
    return new Agent({ ...pool, connect: { ...tls, timeout: 5_000, keepAliveInitialDelay: 10_000 } })
  }
}

const same = (a: unknown, b: unknown): boolean => a === b || (Buffer.isBuffer(a) && Buffer.isBuffer(b) && a.equals(b))
