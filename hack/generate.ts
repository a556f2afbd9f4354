/**
 * Writes the files that are made from others. With `--check` nothing is written: the command fails, and says which
 * files differ, if they are not current.
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generateChart } from './generate/chart.ts'
import { generateConfiguration } from './generate/configuration.ts'
import { generateCrds } from './generate/crd.ts'
import { generateStubs } from './generate/stubs.ts'

interface Generator {
  /** Relative to the repository: a file, or a directory that holds generated files only. */
  readonly path: string
  /** Writes it, or the files in it, to the path given, in place of what was there. */
  readonly generate: (path: string) => Promise<void>
  /** Takes what `hack/setup` builds, and `--check` does without: a test tells whether it is current. */
  readonly takesBinaries?: true
}

const generators: readonly Generator[] = [
  { path: 'manifests/crd', generate: generateCrds },
  { path: 'proto/generated', generate: generateStubs },
  { path: 'docs/configuration.md', generate: generateConfiguration },
  { path: 'manifests/helm/fairlead/files', generate: generateChart, takesBinaries: true },
]

const root = fileURLToPath(new URL('..', import.meta.url))

/** Contents of a file, or of all in a directory, by their paths below it. */
async function read(top: string): Promise<ReadonlyMap<string, string>> {
  if (await isFile(top)) return new Map([['', await readFile(top, 'utf8')]])
  const entries = await readdir(top, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(files.map(async path => [path.slice(top.length), await readFile(path, 'utf8')] as const)),
  )
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isFile(),
    () => false,
  )

/** Paths of files that are missing, left over or different. */
async function differences(expected: string, actual: string): Promise<readonly string[]> {
  const [wanted, found] = await Promise.all([read(expected), read(actual)])
  return [...new Set([...wanted.keys(), ...found.keys()])].filter(path => wanted.get(path) !== found.get(path)).sort()
}

async function stale({ path, generate }: Generator): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'generate-'))
  const fresh = join(directory, 'fresh')
  try {
    await generate(fresh)
    return (await differences(fresh, join(root, path))).map(below => `${path}${below}`)
  } finally {
    await rm(directory, { recursive: true })
  }
}

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values
if (check) {
  const paths = (await Promise.all(generators.filter(({ takesBinaries }) => !takesBinaries).map(stale))).flat()
  for (const path of paths) console.error(`${path} is not current: run "npm run generate"`)
  process.exitCode = paths.length === 0 ? 0 : 1
} else {
  for (const { path, generate } of generators) await generate(join(root, path))
}
