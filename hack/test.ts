/**
 * `npm test`: the checks, then every test, from the quick ones to those that
 * need the lab, and at last those that need kubelets. `npm test -- unit`, or any of `groups`, or patterns of test files, runs only those.
 * Where real parts are tested, files in which something failed are run once more, and that is told.
 * The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { check } from './check.ts'
import { filesOf, ofBoth, type Run, runOf } from './test/again.ts'
import { sum, type Tally } from './test/tally.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What is over within a second, or counts every packet: on two cores nothing else may run beside it. */
const alone: Readonly<Record<'integration' | 'e2e', string>> = {
  integration: 'test/integration/layer2/*.test.ts',
  e2e: 'test/e2e/{bfd,birdbfd,hitless*,layer2*}.test.ts',
}

const groups: Readonly<Record<string, () => Promise<Tally>>> = {
  check,
  unit: () => ava(['test/unit/**/*.test.ts'], 2),
  integration: () => inTwoParts('integration'),
  e2e: () => inTwoParts('e2e'),
  kubelet: () => twice('kubelet', onKubelets([]), onKubelets),
}

async function inTwoParts(name: keyof typeof alone): Promise<Tally> {
  const again = (files: readonly string[]) => ava(files, 1)
  const together = await twice(name, ava([`test/${name}/**/*.test.ts`, `!${alone[name]}`], 2), again)
  return sum([together, await twice(name, ava([alone[name]], 1), again)])
}

/**
 * Runs files once more in which something failed. Real parts have their own times, and a machine on which others take the processors
 * for half a second makes some of them late: what fails for a reason of its own fails twice.
 */
async function twice(
  name: string,
  running: Promise<Run>,
  again: (files: readonly string[]) => Promise<Run>,
): Promise<Tally> {
  const first = await running
  const files = filesOf(first.failures, globSync(`test/${name}/**/*.test.ts`, { cwd: root }))
  if (files.length === 0) return first
  console.log(`\n── once more: ${files.join(' ')} ──`)
  const second = await again(files)
  const both = ofBoth(first, second, files)
  console.log(`── failed the first time: ${first.failures.join('; ')} ──`)
  if (second.failures.length > 0) console.log(`── failed the second time: ${second.failures.join('; ')} ──`)
  return both
}

const onKubelets = (files: readonly string[]): Promise<Run> =>
  told([`${root}hack/e2e.ts`, '--driver', 'kubelet', ...files])

const ava = (patterns: readonly string[], concurrency: number): Promise<Run> =>
  told([`${root}node_modules/.bin/ava`, `--concurrency=${concurrency}`, ...patterns])

/** Runs a program that ends with ava's report. */
function told(argv: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, argv, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    // The marks of its reporter are these characters only on a terminal that can show them.
    env: { ...process.env, FORCE_COLOR: '0', TERM: 'xterm' },
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
    process.stdout.write(chunk)
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve(runOf(output, code)))
  })
}

async function run(name: string, tests: () => Promise<Tally>): Promise<Tally> {
  console.log(`\n── ${name} ──`)
  const started = Date.now()
  const result = await tests()
  console.log(`── ${name}: ${result.passed} ✔, ${result.failed} ✘, ${Math.round((Date.now() - started) / 1000)} s ──`)
  return result
}

const asked = process.argv.slice(2)
const known = asked.filter(argument => Object.hasOwn(groups, argument))
const patterns = asked.filter(argument => !Object.hasOwn(groups, argument))
const results: Tally[] = []
for (const [name, tests] of Object.entries(groups)) {
  if (asked.length === 0 || known.includes(name)) results.push(await run(name, tests))
}
if (patterns.length > 0) results.push(await run(patterns.join(' '), () => ava(patterns, 1)))

const { passed, failed } = sum(results)
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
