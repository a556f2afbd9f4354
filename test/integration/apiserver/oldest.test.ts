/** The oldest Kubernetes that is supported: its API server takes what an installation has, refuses what is wrong, and keeps the ledger's contract. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { binary } from '../../../hack/binaries.ts'
import { exec } from '../../../hack/lab/exec.ts'
import { valid } from '../../customresources/full.ts'
import { wrong } from '../../customresources/wrong.ts'
import { contract } from '../../unit/controller/simulation/contract/contract.ts'
import { groundOf } from '../../unit/controller/simulation/contract/ground.ts'
import { isRefused, resourceOf } from './refusals.ts'
import { testWithApiServer } from './support.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

const test = testWithApiServer(undefined, { apiServer: 'oldest' })

test('it is the one that the documents and the chart name', async t => {
  const kubectl = [binary('kubectl'), `--kubeconfig=${t.context.controlPlane.kubeconfigs.admin}`]
  const { serverVersion } = JSON.parse(await exec([...kubectl, 'version', '--output=json'])) as {
    serverVersion: { gitVersion: string }
  }
  const [, minor] = /^v(\d+\.\d+)\.\d+$/.exec(serverVersion.gitVersion) ?? []
  const read = (path: string) => readFile(join(repository, path), 'utf8')
  t.true((await read('docs/install.md')).includes(`Kubernetes ${minor} or later`))
  const { kubeVersion } = parse(await read('manifests/helm/fairlead/Chart.yaml')) as { kubeVersion: string }
  t.is(kubeVersion, `>=${minor}.0-0`)
})

for (const shape of ['default', 'compact', 'openelb', 'networkpolicy']) {
  test(`${shape}: it takes every object, and knows every field`, async t => {
    const kubectl = [binary('kubectl'), `--kubeconfig=${t.context.controlPlane.kubeconfigs.admin}`]
    const apply = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict']
    const told = await exec([...kubectl, ...apply, '--kustomize', join(repository, 'manifests', shape)])
    t.regex(told, /\(server dry run\)/)
  })
}

for (const kind of Object.keys(valid) as (keyof typeof valid)[]) {
  test(`35: what is right of ${kind} is taken`, async t => {
    for (const { name, spec } of valid[kind]) {
      const { spec: kept } = await t.context.client.create(resourceOf[kind], { metadata: { name }, spec })
      t.deepEqual(kept, spec)
    }
  })
}

for (const each of wrong) {
  test(`35: ${each.title} is refused`, t => isRefused(t, t.context.client, each))
}

for (const [n, [title, play]] of Object.entries(contract).entries()) {
  test(title, t => play(groundOf(t, t.context.client, n)))
}
