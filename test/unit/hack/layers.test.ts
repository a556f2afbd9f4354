/** The check of the check: an import that goes the wrong way is refused, and one that goes the right way is not. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const wrong = [
  ['src/net/wrong.ts', '../status/a.ts'],
  ['src/api/wrong.ts', '../streams/a.ts'],
  ['src/bgp/gobgp/wrong.ts', '../../desired/a.ts'],
  ['src/desired/wrong.ts', '../controller.ts'],
  ['src/speaker/wrong.ts', '../controller/a.ts'],
  ['src/controller.ts', './speaker.ts'],
  ['src/watch/wrong.ts', '../../hack/lab/a.ts'],
] as const

const right = [
  ['src/status/right.ts', '../net/a.ts'],
  ['src/api/right.ts', '../kube/a.ts'],
  ['src/bgp/gobgp/right.ts', '../plan.ts'],
  ['src/speaker.ts', './speaker/a.ts'],
  ['src/main.ts', './controller.ts'],
] as const

const cycle = [
  ['src/net/one.ts', './other.ts'],
  ['src/net/other.ts', './one.ts'],
] as const

let findings: readonly string[]

test.before('a tree of such imports is linted', async () => {
  const tree = await mkdtemp(join(tmpdir(), 'layers-'))
  try {
    await cp(join(root, 'oxlint.config.ts'), join(tree, 'oxlint.config.ts'))
    for (const [path, imported] of [...wrong, ...right, ...cycle]) {
      await mkdir(dirname(join(tree, path)), { recursive: true })
      await writeFile(join(tree, path), `import { thing } from '${imported}'\n\nexport const other = thing\n`)
    }
    findings = await lint(tree)
  } finally {
    await rm(tree, { recursive: true })
  }
})

/** What the linter finds, a line each: `FILE:LINE:COLUMN: … RULE`. */
const lint = (tree: string): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    execFile(join(root, 'node_modules/.bin/oxlint'), ['--format=unix'], { cwd: tree }, (error, stdout, stderr) => {
      if (error !== null && stdout === '') reject(new Error(stderr, { cause: error }))
      else resolve(stdout.split('\n'))
    })
  })

const found = (file: string, rule: string): boolean =>
  findings.some(line => line.startsWith(`${file}:`) && line.includes(rule))

for (const [file, imported] of wrong) {
  test(`${file} may not import ${imported}`, t => t.true(found(file, 'no-restricted-imports')))
}

for (const [file, imported] of right) {
  test(`${file} may import ${imported}`, t => t.false(found(file, 'no-restricted-imports')))
}

test('a cycle of imports is refused', t => t.true(found('src/net/one.ts', 'no-cycle')))
