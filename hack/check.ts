/** All that can be said of the sources without running them: `npm run check`. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Tally } from './test/tally.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const tool = (name: string): string => `node_modules/.bin/${name}`

const checks: readonly { readonly name: string; readonly argv: readonly string[] }[] = [
  { name: 'format', argv: [tool('biome'), 'ci', '--colors=off', '.'] },
  { name: 'generated files', argv: ['hack/generate.ts', '--check'] },
  { name: 'types', argv: [tool('tsc'), '-p', '.'] },
  { name: 'dead code', argv: [tool('knip'), '--treat-config-hints-as-errors'] },
  { name: 'lint, layers and cycles', argv: [tool('oxlint'), '--type-aware', '--deny-warnings'] },
]

/** Runs every check, all at once, and prints each as it ends; what a failed one wrote follows its name. */
export async function check(): Promise<Tally> {
  const outcomes = await Promise.all(
    checks.map(async ({ name, argv }) => {
      const started = Date.now()
      const { code, output } = await run(argv)
      console.log(`${code === 0 ? '✔' : '✘'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
      if (code !== 0) console.log(output.trimEnd().replace(/^/gm, '    '))
      return code === 0
    }),
  )
  const passed = outcomes.filter(Boolean).length
  return { passed, failed: outcomes.length - passed }
}

/** Runs a script on the Node that runs this one. */
async function run(argv: readonly string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, argv, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  })
  const ended = new Promise<number>(resolve => {
    child.on('error', error => {
      console.log(error.message)
      resolve(1)
    })
    child.on('close', code => resolve(code ?? 1))
  })
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, output: output + errors }
}

if (import.meta.main) process.exitCode = (await check()).failed === 0 ? 0 : 1
