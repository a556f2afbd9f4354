/**
 * `npm run e2e`: images from the Dockerfiles, nodes with a container runtime and a kubelet, the manifests as they are, and then
 * the scenarios of test/kubelet. All that it makes is gone afterwards, but for what is cached.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { exec } from './lab/exec.ts'
import { buildImages, missing } from './lab/kind/prepare.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const drivers = { kubelet: onKubelets, kind: onKind }

const command = new Command('e2e')
  .description('Fairlead, installed as a user does, on real kubelets.')
  .argument('[files...]', 'of the scenarios, those to run; all by default')
  .addOption(
    new Option('--driver <driver>', 'what makes the cluster')
      .choices(Object.keys(drivers))
      .default('kubelet' satisfies keyof typeof drivers),
  )
  .addHelpText(
    'after',
    `
kubelet  containerd and kubelet in network namespaces of this machine; as root, on Debian
kind     docker, kind, kubectl and helm, which have to be there; as root, on Linux. Nobody has run it yet: only its
         commands are tested, against a recording`,
  )
  .parse()
const { driver } = command.opts<{ driver: keyof typeof drivers }>()

process.exitCode = await drivers[driver]()

/** @returns its exit code */
function run(argv: readonly [string, ...string[]], stdout: 'inherit' | 'pipe', environment = {}) {
  const [command, ...args] = argv
  const env = { ...process.env, ...environment }
  const { status, error, ...output } = spawnSync(command, args, {
    stdio: ['ignore', stdout, 'inherit'],
    env,
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  return { code: status ?? 1, stdout: output.stdout ?? '' }
}

function scenarios(all: string, environment: Readonly<Record<string, string>>): number {
  const files = command.args.length === 0 ? [`test/kubelet/${all}.test.ts`] : command.args
  return run([process.execPath, 'node_modules/.bin/ava', '--concurrency=1', ...files], 'inherit', environment).code
}

async function onKubelets(): Promise<number> {
  const images = run(['hack/images'], 'pipe')
  return images.code === 0 ? scenarios('**/*', { FAIRLEAD_IMAGES: images.stdout.trim() }) : images.code
}

async function onKind(): Promise<number> {
  const reasons = await missing(exec)
  if (reasons.length > 0) {
    console.error(['The driver kind needs docker, kind, kubectl and helm:', ...reasons].join('\n  '))
    return 1
  }
  const images = await mkdtemp(join(tmpdir(), 'fairlead-images-'))
  try {
    const revision = await exec(['git', 'rev-parse', 'HEAD']).catch(() => 'unknown')
    await buildImages(images, packageJson.version, revision.trim(), exec)
    // What looks into processes and the API server needs them on this machine.
    return scenarios('{images,install,second,shapes}', { FAIRLEAD_IMAGES: images, FAIRLEAD_DRIVER: 'kind' })
  } finally {
    await rm(images, { recursive: true })
  }
}
