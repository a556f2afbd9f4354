/** The command line of the lab; what it does is in lab/. */
import { spawn } from 'node:child_process'
import { join as joinPath } from 'node:path'
import { Argument, Command, Option } from 'commander'
import { cacheDirectory, MissingBinary } from './binaries.ts'
import { namespaceOf, type Place } from './lab/addresses.ts'
import { cabledIn, onBridge, partIn, placeIn, placeOf, wholeNumber } from './lab/arguments.ts'
import { type Cabled, cut, cutOneWay, join, joinOneWay } from './lab/cables.ts'
import { CommandFailed, inNamespace } from './lab/exec.ts'
import { describe, down, LabError, labs, up } from './lab/lab.ts'
import { kubeconfigOf } from './lab/nodes.ts'
import { killPart, type Part, restartPart, signalPart } from './lab/parts.ts'
import { StartFailed } from './lab/processes.ts'
import { type Lab, NoSuchLab, readLab } from './lab/state.ts'
import { statusText } from './lab/status.ts'

interface Named {
  readonly name: string
}

const program = new Command('lab')
  .description('Kubernetes nodes, a BGP router and a client on one machine, in network namespaces.')
  .enablePositionalOptions()

const name = () => new Option('--name <name>', 'which lab, when there are several').default('lab')

program
  .command('up')
  .description('make a lab: Ctrl-C or a failure removes what was made so far')
  .addOption(name())
  .option('--nodes <count>', 'number of nodes', wholeNumber, 3)
  .addOption(
    new Option('--shape <shape>', 'speakers on every node, or two managers for all')
      .choices(['daemonset', 'compact'])
      .default('daemonset'),
  )
  .addOption(new Option('--router <router>', 'what the nodes peer with').choices(['frr', 'bird']).default('frr'))
  .option('--bfd', 'the router runs BFD with the nodes', false)
  .option('--json', 'the last line on stdout is one object: namespaces, addresses, pids, sockets, kubeconfig', false)
  .action(
    async ({
      json,
      ...options
    }: Required<Pick<Lab, 'name' | 'nodes' | 'shape' | 'router' | 'bfd'>> & { json: boolean }) => {
      const started = Date.now()
      const progress = (line: string) =>
        console.error(`${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`)
      process.once('SIGINT', () => void down(options.name).finally(() => process.exit(130)))
      const lab = await up({ ...options, keep: true, progress })
      progress(`up; to look around: npm run lab -- status${options.name === 'lab' ? '' : ` --name ${options.name}`}`)
      console.log(json ? JSON.stringify(describe(lab)) : await statusText(lab))
    },
  )

program
  .command('down')
  .description('remove all that a lab made, also after a crash')
  .addOption(name())
  .action((options: Named) => down(options.name))

program
  .command('list')
  .description('names of the labs that are up, or left something behind')
  .action(async () => {
    for (const lab of await labs()) console.log(lab)
  })

program
  .command('status')
  .description('what runs, and what the router knows')
  .addOption(name())
  .option('--json', 'the same object as of up', false)
  .action(async (options: Named & { json: boolean }) => {
    const lab = readLab(options.name)
    console.log(options.json ? JSON.stringify(describe(lab)) : await statusText(lab))
  })

program
  .command('exec')
  .description('run a command at a place (client, router, control, node1, pod1, …); kubectl and gobgp are on its PATH')
  .addOption(name())
  .argument('<place>')
  .argument('<command...>')
  .passThroughOptions()
  .action((place: string, command: readonly string[], options: Named) => {
    const lab = readLab(options.name)
    const argv = command[0] === '--' ? command.slice(1) : command
    const [file = '', ...args] = inNamespace(namespaceOf(lab.name, placeIn(lab, place)), argv)
    const env = {
      ...process.env,
      KUBECONFIG: kubeconfigOf(lab, 'admin'),
      PATH: `${joinPath(cacheDirectory(), 'bin')}:${process.env['PATH']}`,
    }
    const child = spawn(file, args, { stdio: 'inherit', env })
    child.on('error', fail)
    child.on('exit', code => {
      process.exitCode = code ?? 1
    })
  })

/** A command that does something to a process of the lab. */
function onPart<Flags>(
  verb: string,
  description: string,
  act: (lab: Lab, place: Place, part: Part, flags: Flags) => unknown,
): Command {
  return program
    .command(verb)
    .description(description)
    .addOption(name())
    .addArgument(new Argument('<part>', 'manager, gobgpd, kube-proxy, kube-apiserver, controller1, bgpd, …'))
    .addArgument(new Argument('[place]', 'the node, when there is more than one of it'))
    .action(async (part: string, place: string | undefined, options: Named & Flags) => {
      const lab = readLab(options.name)
      const known = partIn(part)
      await act(lab, placeOf(lab, known, place), known, options)
    })
}

// What this process starts has to outlive it, whoever made the lab.
onPart('restart', 'end a part of the lab, should it run, and start it anew', (lab, place, part) =>
  restartPart({ ...lab, keep: true }, place, part),
)
onPart('pause', 'stop it in its tracks (SIGSTOP)', (lab, place, part) => signalPart(lab, place, part, 'SIGSTOP'))
onPart('resume', 'let it go on (SIGCONT)', (lab, place, part) => signalPart(lab, place, part, 'SIGCONT'))
onPart<{ readonly 9?: boolean }>('kill', 'end it; it stays dead until restart', (lab, place, part, flags) =>
  killPart(lab, place, part, flags[9] === true ? 'SIGKILL' : 'SIGTERM'),
).option('-9', 'with SIGKILL instead of SIGTERM')

/** cut and join, which differ in what they do to a cable, or to one direction. */
function onCable(
  verb: string,
  description: string,
  whole: (lab: Lab, place: Cabled) => unknown,
  oneWay: (lab: Lab, from: Cabled | 'router', to: Cabled | 'router') => unknown,
): void {
  program
    .command(verb)
    .description(description)
    .addOption(name())
    .argument('<place>', 'node1, node2, …, control; with a second one also router')
    .argument('[to]', 'only what the first sends to this one')
    .action(async (place: string, to: string | undefined, options: Named) => {
      const lab = readLab(options.name)
      if (to === undefined) await whole(lab, cabledIn(lab, place))
      else await oneWay(lab, onBridge(lab, place), onBridge(lab, to))
    })
}

onCable('cut', 'cut the cable of a node, or one direction between two places', cut, cutOneWay)
onCable('join', 'undo a cut', join, joinOneWay)

/** Failures that a user can do something about are told in one message, without a stack. */
function fail(error: unknown): void {
  const expected = [LabError, NoSuchLab, MissingBinary, StartFailed, CommandFailed].some(type => error instanceof type)
  console.error(expected ? `lab: ${(error as Error).message}` : error)
  process.exitCode = 1
}

await program.parseAsync().catch(fail)
