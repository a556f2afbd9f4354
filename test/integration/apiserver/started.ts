import { commandLine } from '../../../src/options.ts'

/** The role and options that a container's manager is started with; throws what it would say of a wrong one. */
export function started({ args = [] }: { readonly args?: readonly string[] }): {
  readonly role: string
  readonly options: object
} {
  let start: { readonly role: string; readonly options: object } | undefined
  const program = commandLine('0.0.0', what => {
    start = what
  })
  for (const command of [program, ...program.commands]) command.exitOverride()
  program.parse([...args, ...(args[0] === 'controller' ? [] : ['--node-name=node1'])], { from: 'user' })
  if (start === undefined) throw new Error(`nothing is started by ${args.join(' ')}`)
  return start
}
