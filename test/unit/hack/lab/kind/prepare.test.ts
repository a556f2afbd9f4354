import test from 'ava'
import { buildImages, missing } from '../../../../../hack/lab/kind/prepare.ts'
import { Recording } from '../../recording.ts'

test('what is not installed is said by its name, all of it at once', async t => {
  const { run } = new Recording(command => (/^(docker|helm) /.test(command) ? undefined : ''))
  t.deepEqual(await missing(run), ['docker is not installed', 'helm is not installed'])
})

test('a docker that does not answer is told from one that is not there', async t => {
  const run = (argv: readonly string[]) =>
    argv[0] === 'docker' ? Promise.reject(new Error('Cannot connect to the Docker daemon')) : Promise.resolve('')
  t.deepEqual(await missing(run), ['docker is not usable: Cannot connect to the Docker daemon'])
})

test('nothing is in the way where all tools answer', async t => {
  t.deepEqual(await missing(new Recording().run), [])
})

test('images are built of the same files, by the names that the manifests have, and written down', async t => {
  const { run, commands } = new Recording()
  await buildImages('/images', '1.2.3', 'abc', run)
  const build = 'env BUILDX_NO_DEFAULT_ATTESTATIONS=1 docker build'
  const built = (name: string) => [
    `${build} --file Dockerfile.${name} --tag fairlead.dev/${name}:1.2.3 --build-arg VERSION=1.2.3 --build-arg REVISION=abc .`,
    `docker save --output /images/${name}.tar fairlead.dev/${name}:1.2.3`,
  ]
  t.deepEqual(commands, [...built('gobgp'), ...built('manager'), `${build} --tag fairlead-lab:latest hack/lab/kind`])
})
