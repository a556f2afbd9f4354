/**
 * Writes the files that are made from others. With `--check` nothing is written: the command fails, and says which
 * files differ, if they are not current.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generateCrds } from './generate/crd.ts'
import { generateStubs } from './generate/stubs.ts'

interface Generator {
  /** Relative to the repository. It holds generated files only. */
  readonly directory: string
  /** Writes them into the directory given, in place of what it held. */
  readonly generate: (directory: string) => Promise<void>
}

const generators: readonly Generator[] = [
  { directory: 'manifests/crd', generate: generateCrds },
  { directory: 'proto/generated', generate: generateStubs },
]

const root = fileURLToPath(new URL('..', import.meta.url))

/** Contents by path. */
async function read(directory: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(
      files.map(async path => [path.slice(directory.length + 1), await readFile(path, 'utf8')] as const),
    ),
  )
}

/** Paths of files that are missing, left over or different. */
async function differences(expected: string, actual: string): Promise<readonly string[]> {
  const [wanted, found] = await Promise.all([read(expected), read(actual)])
  return [...new Set([...wanted.keys(), ...found.keys()])].filter(path => wanted.get(path) !== found.get(path)).sort()
}

async function stale({ directory, generate }: Generator): Promise<readonly string[]> {
  const fresh = await mkdtemp(join(tmpdir(), 'generate-'))
  try {
    await generate(fresh)
    return (await differences(fresh, join(root, directory))).map(path => join(directory, path))
  } finally {
    await rm(fresh, { recursive: true })
  }
}

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values
if (check) {
  const paths = (await Promise.all(generators.map(stale))).flat()
  for (const path of paths) console.error(`${path} is not current: run "npm run generate"`)
  process.exitCode = paths.length === 0 ? 0 : 1
} else {
  for (const { directory, generate } of generators) await generate(join(root, directory))
}
