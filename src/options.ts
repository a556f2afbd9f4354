import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { levels } from 'pino'
import type { Announces } from './api/bgpconf.ts'
import { defaultLoadBalancerClass, systemNamespace } from './api/names.ts'
import type { ListenAddress } from './webhook/server.ts'

/** What the command line and the environment say, checked. */
export interface CommonOptions {
  readonly kubeconfig?: string
  readonly logLevel: string
  /** Of the installation: its Pods, and its Leases. */
  readonly namespace: string
  /** The Pod that this runs in. */
  readonly podName?: string
  /** Where a kubelet asks whether this is alive and ready, and Prometheus how it is; absent: nowhere. */
  readonly healthProbeBindAddress?: BindAddress
}

export interface BindAddress {
  /** Of an interface; `::` is all of them. */
  readonly host: string
  readonly port: number
}

export interface ControllerOptions extends Pick<CommonOptions, 'namespace' | 'podName'> {
  /** This replica's name in the leader's Lease and in Events. */
  readonly identity: string
  readonly loadBalancerClass: string
  readonly requireAnnotation: boolean
  /** Where the validating webhook is served; absent: nowhere. */
  readonly webhook?: ListenAddress
}

export interface SpeakerOptions extends Pick<CommonOptions, 'namespace' | 'podName'> {
  readonly nodeName: string
  readonly gobgpSocket: string
  readonly nextHops: Announces
  /** A URL with `{address}` for the node's address; undefined: kube-proxy is not asked. */
  readonly proxyHealth?: string
  /** Seconds that gobgpd goes on announcing without a living manager; undefined: for ever. */
  readonly failStatic?: number
}

export type Start =
  | { readonly role: 'controller'; readonly options: CommonOptions & ControllerOptions }
  | { readonly role: 'speaker'; readonly options: CommonOptions & SpeakerOptions }
  | { readonly role: 'all'; readonly options: CommonOptions & ControllerOptions & SpeakerOptions }

/**
 * The command line `manager`. `start` is called once with what was parsed; a bad option ends the process with a line
 * that names it (exit code 1), `--help` and `--version` end it too.
 */
export function commandLine(version: string, start: (what: Start) => void): Command {
  const program = new Command('manager')
    .description('Fairlead: addresses for Services of type LoadBalancer, and the network that leads to them.')
    .version(version)
    .showHelpAfterError('(--help lists the options)')
  const roles = {
    controller: controlling(
      common(program.command('controller')).description(
        'Gives addresses and writes status. Several replicas may run: one leads by a Lease.',
      ),
    ),
    speaker: speaking(
      common(program.command('speaker')).description('Announces addresses for its node through the gobgpd beside it.'),
    ),
    all: speaking(controlling(common(program.command('all')).description('Controller and speaker in one process.'))),
  }
  roles.controller.action((flags: CommonOptions & ControllerOptions) =>
    start({ role: 'controller', options: identified(flags) }),
  )
  roles.speaker.action((flags: CommonOptions & SpeakerOptions) => start({ role: 'speaker', options: asked(flags) }))
  roles.all.action((flags: CommonOptions & ControllerOptions & SpeakerOptions) =>
    start({ role: 'all', options: identified(asked(flags)) }),
  )
  return program
}

function common(command: Command): Command {
  return command
    .addOption(
      new Option('--kubeconfig <file>', 'of the cluster (default: the Pod’s own service account)').env('KUBECONFIG'),
    )
    .addOption(
      new Option('--log-level <level>', 'the least severe level that is logged')
        .choices([...Object.values(levels.labels), 'silent'])
        .default('info'),
    )
    .addOption(
      new Option('--namespace <name>', 'of this installation: where its Leases are')
        .env('POD_NAMESPACE')
        .default(systemNamespace),
    )
    .addOption(
      new Option(
        '--pod-name <name>',
        'the Pod that this runs in: its name in Leases, and how it learns why it ends (default: none)',
      ).env('POD_NAME'),
    )
    .option(
      '--health-probe-bind-address <host:port>',
      'serve /healthz, /readyz and /metrics there, such as 127.0.0.1:7473 or :8081 (default: nowhere)',
      bindAddress,
    )
}

function controlling(command: Command): Command {
  return command
    .addOption(
      new Option('--load-balancer-class <name>', 'the class that is served, besides none').default(
        defaultLoadBalancerClass,
      ),
    )
    .option('--require-annotation', 'serve only Services annotated lb.kubesphere.io/v1alpha1: openelb', false)
    .option(
      '--webhook <[address:]port>',
      'serve the validating webhook there, over HTTPS (default: nowhere)',
      listenAddress,
    )
}

function speaking(command: Command): Command {
  return command
    .addOption(
      new Option('--node-name <name>', 'the Node that is spoken for')
        .env('NODE_NAME')
        .argParser(notEmpty)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--gobgp-socket <file>', 'the unix socket of gobgpd’s API').default('/run/fairlead/gobgp.sock'),
    )
    .addOption(
      new Option('--next-hops <which>', 'announce this node, or every node that can forward')
        .choices(['self', 'eligible-nodes'])
        .default('self'),
    )
    .option(
      '--proxy-health <url>',
      'kube-proxy’s healthz, {address} being the node’s; off: a CNI replaces kube-proxy',
      proxyHealthUrl,
      'http://{address}:10256/healthz',
    )
    .option(
      '--fail-static <seconds>',
      'how long gobgpd goes on announcing without a living manager; off: for ever',
      failStaticSeconds,
      600,
    )
}

/** `off` on the command line is absence in the options. */
function asked<T extends SpeakerOptions>({ proxyHealth, failStatic, ...flags }: T) {
  return {
    ...flags,
    ...(proxyHealth !== undefined && proxyHealth !== 'off' && { proxyHealth }),
    ...(failStatic !== undefined && failStatic > 0 && { failStatic }),
  }
}

function identified<T extends Pick<CommonOptions, 'podName'>>(flags: T) {
  return { ...flags, identity: flags.podName || `${hostname()}-${process.pid}` }
}

function notEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It has to be given.')
  return text
}

/** `:8081` is every address of both families. */
function bindAddress(text: string): BindAddress {
  const [, host = '', port = ''] = /^(\[[\da-f:.]+\]|[^:[\]]*):(\d{1,5})$/i.exec(text) ?? []
  if (port === '' || Number(port) > 65_535) throw new InvalidArgumentError('It has to be HOST:PORT or :PORT.')
  return { host: host.replaceAll(/[[\]]/g, '') || '::', port: Number(port) }
}

function proxyHealthUrl(text: string): string {
  if (text === 'off') return text
  const url = URL.parse(text.replaceAll('{address}', '192.0.2.1'))
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('It has to be off or an http(s) URL such as http://{address}:10256/healthz.')
  }
  return text
}

/** `9443`, `127.0.0.1:9443` or `[::1]:9443`. */
function listenAddress(text: string): ListenAddress {
  const {
    host,
    v6,
    digits = '',
  } = /^(?:(?:(?<host>[\d.]+)|\[(?<v6>[^\]]+)\]):)?(?<digits>\d{1,5})$/.exec(text)?.groups ?? {}
  const address = v6 ?? host
  const port = Number(digits)
  if (digits === '' || port < 1 || port > 65_535 || (address !== undefined && isIP(address) === 0)) {
    throw new InvalidArgumentError(
      'It has to be a port, or an IP address and a port such as 127.0.0.1:9443 or [::1]:9443.',
    )
  }
  return { port, ...(address !== undefined && { host: address }) }
}

/** 0 stands for `off`. */
function failStaticSeconds(text: string): number {
  if (text === 'off') return 0
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('It has to be off or a number of whole seconds.')
  return Number(text)
}
