/**
 * `npm run e2e -- --driver kubelet`: images from the Dockerfiles, nodes with a container runtime and a kubelet, the manifests as
 * they are, and then the scenarios of test/kubelet. All that it makes is gone afterwards, but for what is cached.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'

const root = fileURLToPath(new URL('..', import.meta.url))

new Command('e2e')
  .description('Fairlead, installed as a user does, on real kubelets.')
  .addOption(new Option('--driver <driver>', 'what makes the cluster').choices(['kubelet']).default('kubelet'))
  .parse()

/** Runs a command; resolves to what it wrote to stdout. Ends this process when it fails. */
function run(argv: readonly [string, ...string[]], stdout: 'inherit' | 'pipe', environment = {}): string {
  const [command, ...args] = argv
  const env = { ...process.env, ...environment }
  const { status, error, ...output } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', stdout, 'inherit'],
    env,
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
  return output.stdout ?? ''
}

const images = run(['hack/images'], 'pipe').trim()
const ava = [process.execPath, `${root}node_modules/.bin/ava`, '--concurrency=1', 'test/kubelet/**/*.test.ts'] as const
run([...ava], 'inherit', { FAIRLEAD_IMAGES: images })
