/** What `npm run e2e -- --driver kind` takes before there is a cluster: tools, and images built by docker. */
import { join } from 'node:path'
import { placesImage, type Run } from './cluster.ts'

const tools = [
  ['docker', 'version'],
  ['kind', 'version'],
  ['kubectl', 'version', '--client'],
  ['helm', 'version'],
] as const

/** What is in the way, a sentence each: tools that are not there, and a docker whose daemon does not answer. */
export async function missing(run: Run): Promise<readonly string[]> {
  const asked = tools.map(([tool, ...args]) =>
    run([tool, ...args]).then(
      () => [],
      (error: Error) => [
        error.message.includes('ENOENT') ? `${tool} is not installed` : `${tool} is not usable: ${error.message}`,
      ],
    ),
  )
  return (await Promise.all(asked)).flat()
}

/** Compiling, and pulling what it is based on (milliseconds). */
const PATIENCE_MS = 30 * 60_000

/**
 * Builds every image, and writes those of the nodes into a directory: `manager.tar` and `gobgp.tar`.
 *
 * @param version as the manifests name the images
 */
export async function buildImages(directory: string, version: string, revision: string, run: Run): Promise<void> {
  const docker = (...args: readonly string[]) => run(['docker', ...args], { timeout: PATIENCE_MS })
  // An attestation would make an index of each image, which containerd's `ctr`, that kind loads images by, may refuse.
  const build = (...args: readonly string[]) =>
    run(['env', 'BUILDX_NO_DEFAULT_ATTESTATIONS=1', 'docker', 'build', ...args], { timeout: PATIENCE_MS })
  const labels = ['--build-arg', `VERSION=${version}`, '--build-arg', `REVISION=${revision}`]
  for (const name of ['gobgp', 'manager']) {
    const tag = `fairlead.dev/${name}:${version}`
    await build('--file', `Dockerfile.${name}`, '--tag', tag, ...labels, '.')
    await docker('save', '--output', join(directory, `${name}.tar`), tag)
  }
  await build('--tag', placesImage, 'hack/lab/kind')
}
