import { hostname } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { levels } from 'pino'
import { defaultLoadBalancerClass, systemNamespace } from './api/names.ts'

/** What the command line and the environment say, checked. */
export interface CommonOptions {
  readonly kubeconfig?: string
  readonly logLevel: string
}

export interface ControllerOptions {
  readonly namespace: string
  readonly identity: string
  readonly loadBalancerClass: string
  readonly requireAnnotation: boolean
}

export interface SpeakerOptions {
  readonly nodeName: string
  readonly gobgpSocket: string
  readonly nextHops: 'self' | 'eligible-nodes'
  /** A URL with `{address}` for the node's address; undefined: kube-proxy is not asked. */
  readonly proxyHealth?: string
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
  roles.controller.action((options: CommonOptions & ControllerOptions) => start({ role: 'controller', options }))
  roles.speaker.action((flags: CommonOptions & SpeakerOptions) => start({ role: 'speaker', options: asked(flags) }))
  roles.all.action((flags: CommonOptions & ControllerOptions & SpeakerOptions) =>
    start({ role: 'all', options: asked(flags) }),
  )
  return program
}

function common(command: Command): Command {
  return command
    .addOption(new Option('--kubeconfig <file>', 'default: the Pod’s own service account').env('KUBECONFIG'))
    .addOption(
      new Option('--log-level <level>', 'the least severe level that is logged')
        .choices([...Object.values(levels.labels), 'silent'])
        .default('info'),
    )
}

function controlling(command: Command): Command {
  return command
    .addOption(
      new Option('--namespace <name>', 'where the leader’s Lease is kept')
        .env('POD_NAMESPACE')
        .default(systemNamespace),
    )
    .addOption(
      new Option('--identity <name>', 'this replica’s name in the Lease').env('POD_NAME').default(defaultIdentity()),
    )
    .addOption(
      new Option('--load-balancer-class <name>', 'the class that is served, besides none').default(
        defaultLoadBalancerClass,
      ),
    )
    .option('--require-annotation', 'serve only Services annotated lb.kubesphere.io/v1alpha1: openelb', false)
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
}

/** `off` on the command line is absence in the options. */
function asked<T extends SpeakerOptions>({ proxyHealth, ...flags }: T) {
  return { ...flags, ...(proxyHealth !== undefined && proxyHealth !== 'off' && { proxyHealth }) }
}

function notEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It has to be given.')
  return text
}

function proxyHealthUrl(text: string): string {
  if (text === 'off') return text
  const url = URL.parse(text.replaceAll('{address}', '192.0.2.1'))
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('It has to be off or an http(s) URL such as http://{address}:10256/healthz.')
  }
  return text
}

function defaultIdentity(): string {
  return `${hostname()}-${process.pid}`
}
