import { Argument, Command, Option } from 'commander'
import { defaultLoadBalancerClass } from '../api/names.ts'
import type { ServiceFilter } from '../ipam/ours.ts'
import type { Where } from './cluster/connection.ts'
import { type Shell, shells } from './completion/shells.ts'

export interface ReadOptions extends Where {
  readonly output?: 'json' | 'wide'
  readonly watch?: boolean
  /** Of `vips` the only one to be told of, of `explain` the one of a Service that is named without. */
  readonly namespace?: string
}

export type ListName = 'vips' | 'pools' | 'peers'

/** What the commands do. */
export interface Actions {
  readonly list: (name: ListName, options: ReadOptions) => Promise<void>
  /** @param service `NAMESPACE/NAME` or `NAME` */
  readonly explain: (service: string, options: ReadOptions & ServiceFilter) => Promise<void>
  readonly script: (shell: Shell) => void
  /** @param words what is typed so far */
  readonly complete: (program: Command, words: readonly string[]) => Promise<void>
}

/** The command line `fairlead`, by the name that it is called by. A wrong one ends with exit code 2. */
export function commandLine(name: string, version: string, actions: Actions): Command {
  const program = new Command(name)
    .description('Tells where every address is and why. It reads, and changes nothing.')
    .version(version)
    .showHelpAfterError('(--help lists the options)')
    // Commands take over what is set before they are made.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  const reading = (command: Command) =>
    command
      .addOption(new Option('-o, --output <format>', 'json for programs, wide for more').choices(['json', 'wide']))
      .option('-w, --watch', 'go on, and tell what changes')
      .option('--kubeconfig <file>', 'default: KUBECONFIG, then ~/.kube/config, then the Pod’s own ServiceAccount')
      .option('--context <context>', 'of the kubeconfig; default: its current one')
  reading(program.command('vips').description('every address, whose it is and who announces it; who has none and why'))
    .option('-n, --namespace <namespace>', 'only what Services of this namespace have, or lack')
    .action((options: ReadOptions) => actions.list('vips', options))
  reading(program.command('pools').description('every Eip, and how much of it is used')).action(
    (options: ReadOptions) => actions.list('pools', options),
  )
  reading(program.command('peers').description('every BGP session of every node')).action((options: ReadOptions) =>
    actions.list('peers', options),
  )
  reading(
    program
      .command('explain')
      .description('the whole chain of a Service: pool, address, who announces it, what each session is sent, and why')
      .argument('<service>', 'NAMESPACE/NAME, or NAME in the namespace of the context'),
  )
    .option('-n, --namespace <namespace>', 'of a Service that is named without')
    .option('--load-balancer-class <name>', 'as the controllers were told', defaultLoadBalancerClass)
    .option('--require-annotation', 'as the controllers were told', false)
    .action((service: string, options: ReadOptions & ServiceFilter) => actions.explain(service, options))
  program
    .command('completion')
    .description('a script that teaches a shell to complete')
    .addArgument(new Argument('<shell>').choices(Object.keys(shells)))
    .action((shell: Shell) => actions.script(shell))
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action((words: readonly string[]) => actions.complete(program, words))
  return program
}
