#!/usr/bin/env node
/** `fairlead`, also as `kubectl fairlead`: from the command line to what is told, and out again. */
import { basename } from 'node:path'
import { fromEvent, lastValueFrom, merge, takeUntil, tap, throttleTime } from 'rxjs'
import packageJson from '../package.json' with { type: 'json' }
import { connection, namespaceOf, type Where } from './cli/cluster/connection.ts'
import { lineOf } from './cli/cluster/errors.ts'
import { follow, look } from './cli/cluster/look.ts'
import { commandLine, type ReadOptions } from './cli/commandline.ts'
import { complete, wire } from './cli/completion/complete.ts'
import { shells } from './cli/completion/shells.ts'
import { valuesOf } from './cli/completion/values.ts'
import { explaining } from './cli/explain/explaining.ts'
import { listing } from './cli/list/lists.ts'
import { progress } from './cli/output/progress.ts'
import type { Telling } from './cli/telling.ts'
import { styleOf, widthOf } from './cli/terminal.ts'
import { createClient } from './kube/httpclient.ts'
import { monotonic } from './streams/time.ts'

/** Milliseconds between two looks at what changes: a storm of changes is told of as often as people can read. */
const LOOK_MS = 200

const { stdout, stderr } = process
const name = basename(process.argv[1] ?? '').startsWith('kubectl-') ? 'kubectl fairlead' : 'fairlead'
const say = (line: string) => stderr.write(`fairlead: ${line}\n`)

/** Whoever reads us may have read enough. */
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const program = commandLine(name, packageJson.version, {
  list: async (list, options) => {
    const isEmpty = !(await tell(listing(list, { ...options, width: widthOf(stdout) }), options))
    if (isEmpty) say(`there are no ${list}`)
  },
  explain: async (service, { loadBalancerClass, requireAnnotation, ...options }) => {
    const filter = { loadBalancerClass, requireAnnotation }
    const key = service.includes('/') ? service : `${options.namespace ?? contextNamespace(options)}/${service}`
    await tell(explaining(key, { ...options, filter, style: styleOf(stdout) }), options)
  },
  script: shell => void stdout.write(shells[shell]),
  complete: async (definition, words) => void stdout.write(wire(await complete(definition, words, valuesOf))),
})

try {
  await program.parseAsync()
} catch (error) {
  const line = lineOf(error)
  if (line === undefined) throw error
  say(line)
  process.exitCode = 1
}

/** Resolves to whether there was anything to tell: once, or with `--watch` until a signal ends it. */
async function tell(telling: Telling, { watch = false, ...where }: ReadOptions): Promise<boolean> {
  const config = connection(where)
  const bar = progress(stderr)
  const client = createClient(config, { paged: bar.paged })
  const write = (text: string) => {
    bar.end()
    stdout.write(text)
    return text !== ''
  }
  try {
    if (!watch) return write(telling.tell(await look(client, telling.kinds), new Date()))
    const signalled = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'))
    const looks = follow(client, telling.kinds, { scheduler: monotonic, warn: say }).pipe(
      throttleTime(LOOK_MS, monotonic, { leading: true, trailing: true }),
      tap(snapshot => write(telling.tell(snapshot, new Date()))),
      takeUntil(signalled),
    )
    await lastValueFrom(looks, { defaultValue: undefined })
    return true
  } finally {
    bar.end()
    await config.close()
  }
}

function contextNamespace(where: Where): string {
  return namespaceOf(connection(where))
}
