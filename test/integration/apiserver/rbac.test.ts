import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import anyTest, { type TestFn } from 'ava'
import { binary } from '../../../hack/binaries.ts'
import { type ControlPlane, startControlPlane } from '../../../hack/lab/controlplane.ts'
import { CommandFailed, exec } from '../../../hack/lab/exec.ts'
import type { Identity } from '../../../hack/lab/identities.ts'

const test = anyTest as TestFn<{ readonly directory: string; readonly controlPlane: ControlPlane }>

const manifests = fileURLToPath(new URL('../../../manifests', import.meta.url))

const kubectl = (controlPlane: ControlPlane, identity: Identity, ...args: readonly string[]) =>
  exec([binary('kubectl'), `--kubeconfig=${controlPlane.kubeconfigs[identity]}`, ...args])

test.before(async t => {
  const directory = await mkdtemp(join(tmpdir(), 'rbac-'))
  const controlPlane = await startControlPlane({ directory })
  t.context = { directory, controlPlane }
  for (const base of ['crd', 'rbac-compact']) {
    await kubectl(controlPlane, 'admin', 'apply', '--server-side', '--kustomize', join(manifests, base))
  }
  const bind = (role: string, user: string) =>
    kubectl(controlPlane, 'admin', 'create', 'clusterrolebinding', role, `--clusterrole=${role}`, `--user=${user}`)
  await bind('fairlead-viewer', 'viewer')
  // What `view` comes to have of us.
  await bind('fairlead-view', 'stranger')
})

test.after.always(async t => {
  await t.context.controlPlane?.stop()
  if (t.context.directory) await rm(t.context.directory, { recursive: true })
})

/** What `kubectl auth can-i` says: it exits with 1 after "no". */
async function can(controlPlane: ControlPlane, identity: Identity, verb: string, ...what: readonly string[]) {
  try {
    return (await kubectl(controlPlane, identity, 'auth', 'can-i', verb, ...what)).trim()
  } catch (error) {
    if (error instanceof CommandFailed && error.stdout.trim() === 'no') return 'no'
    throw error
  }
}

const inSystem = '--namespace=fairlead-system'
const everywhere = '--all-namespaces'
const webhooks = 'validatingwebhookconfigurations.admissionregistration.k8s.io'

const cases: readonly [identities: readonly Identity[], expected: 'yes' | 'no', verb: string, ...what: string[]][] = [
  [['controller', 'speaker', 'manager'], 'yes', 'watch', 'services', everywhere],
  [['controller', 'speaker', 'manager'], 'yes', 'watch', 'endpointslices.discovery.k8s.io', everywhere],
  [['controller', 'speaker', 'manager'], 'yes', 'list', 'eips'],
  [['controller', 'speaker', 'manager'], 'yes', 'patch', 'virtualips', '--subresource=status'],
  [['controller', 'manager'], 'yes', 'create', 'virtualips'],
  [['controller', 'manager'], 'yes', 'delete', 'virtualips'],
  [['controller', 'manager'], 'yes', 'patch', 'services', '--subresource=status', everywhere],
  [['controller', 'manager'], 'yes', 'update', 'leases.coordination.k8s.io', inSystem],
  [['controller', 'manager'], 'yes', 'list', 'leases.coordination.k8s.io', inSystem],
  [['controller', 'manager'], 'yes', 'create', 'events.events.k8s.io', everywhere],
  [['controller', 'manager'], 'no', 'patch', 'events.events.k8s.io', everywhere],
  // Followed as a whole, and never looked up.
  [['controller', 'speaker', 'manager'], 'no', 'get', 'endpointslices.discovery.k8s.io', everywhere],
  [['controller', 'speaker', 'manager'], 'no', 'get', 'eips'],
  [['controller', 'speaker', 'manager'], 'no', 'get', 'bgppeers'],
  [['speaker'], 'no', 'get', 'virtualips'],
  [['controller'], 'no', 'get', 'nodes'],
  [['speaker'], 'no', 'create', 'virtualips'],
  [['speaker'], 'no', 'delete', 'virtualips'],
  [['speaker'], 'no', 'patch', 'services', '--subresource=status', everywhere],
  [['speaker'], 'no', 'patch', 'eips', '--subresource=status'],
  [['speaker', 'manager'], 'yes', 'create', 'leases.coordination.k8s.io', inSystem],
  [['speaker', 'manager'], 'yes', 'patch', 'leases.coordination.k8s.io', inSystem],
  [['speaker', 'manager'], 'yes', 'delete', 'leases.coordination.k8s.io', inSystem],
  [['controller', 'speaker', 'manager'], 'yes', 'get', 'pods', inSystem],
  [['speaker', 'manager'], 'yes', 'get', 'daemonsets.apps', inSystem],
  [['speaker', 'manager'], 'yes', 'get', 'namespaces/fairlead-system', inSystem],
  [['speaker'], 'no', 'get', 'namespaces/default', '--namespace=default'],
  [['speaker'], 'no', 'update', 'leases.coordination.k8s.io', inSystem],
  [['speaker'], 'no', 'delete', 'leases.coordination.k8s.io', '--namespace=default'],
  [['controller', 'speaker', 'manager'], 'no', 'get', 'pods', '--namespace=default'],
  [['controller', 'speaker', 'manager'], 'no', 'delete', 'pods', inSystem],
  [['speaker', 'manager'], 'yes', 'get', 'secrets/fairlead-layer2', inSystem],
  [['speaker'], 'no', 'create', 'secrets', inSystem],
  [['controller', 'manager'], 'yes', 'create', 'secrets', inSystem],
  [['controller'], 'no', 'get', 'secrets/fairlead-layer2', inSystem],
  [['controller', 'manager'], 'yes', 'update', 'secrets/fairlead-webhook', inSystem],
  [['controller', 'manager'], 'yes', 'watch', 'secrets/fairlead-webhook', inSystem],
  [['speaker'], 'no', 'get', 'secrets/fairlead-webhook', inSystem],
  [['controller', 'manager'], 'no', 'update', 'secrets/fairlead-layer2', inSystem],
  [['controller', 'manager'], 'no', 'delete', 'secrets/fairlead-webhook', inSystem],
  [['controller', 'manager'], 'yes', 'patch', `${webhooks}/fairlead`],
  [['controller', 'manager'], 'no', 'patch', `${webhooks}/other`],
  [['controller', 'manager'], 'no', 'create', webhooks],
  [['speaker'], 'no', 'get', `${webhooks}/fairlead`],
  [['controller', 'manager'], 'no', 'create', 'secrets', '--namespace=default'],
  [['controller', 'speaker', 'manager'], 'no', 'list', 'secrets', inSystem],
  [['controller', 'speaker', 'manager'], 'no', 'get', 'secrets/other', inSystem],
  [['controller', 'speaker', 'manager'], 'no', 'get', 'secrets', everywhere],
  [['controller', 'speaker', 'manager'], 'no', 'patch', 'services', everywhere],
  [['controller', 'speaker', 'manager'], 'no', 'patch', 'nodes'],
  [['controller', 'manager'], 'yes', 'patch', 'eips'],
  [['speaker'], 'no', 'patch', 'eips'],
  [['speaker'], 'no', 'patch', 'bgppeers'],
  [['controller', 'manager'], 'yes', 'get', 'customresourcedefinitions/eips.network.kubesphere.io'],
  [['controller', 'manager'], 'no', 'get', 'customresourcedefinitions/virtualips.network.kubesphere.io'],
  [['controller', 'speaker', 'manager'], 'no', 'list', 'customresourcedefinitions'],
  [['controller', 'speaker', 'manager'], 'no', 'patch', 'customresourcedefinitions'],
  [['controller', 'manager'], 'yes', 'get', 'replicasets.apps', inSystem],
  [['controller'], 'no', 'get', 'replicasets.apps', '--namespace=default'],
  [['controller', 'manager'], 'no', 'get', 'leases.coordination.k8s.io', '--namespace=default'],
  [['viewer', 'stranger'], 'yes', 'watch', 'virtualips'],
  [['viewer', 'stranger'], 'yes', 'list', 'eips'],
  [['viewer'], 'yes', 'list', 'bgppeers'],
  [['viewer'], 'yes', 'list', 'nodes'],
  // A BgpPeer may hold a password.
  [['stranger'], 'no', 'list', 'bgppeers'],
  [['stranger'], 'no', 'list', 'nodes'],
  [['viewer', 'stranger'], 'no', 'create', 'virtualips'],
  [['viewer', 'stranger'], 'no', 'patch', 'eips'],
  [['viewer', 'stranger'], 'no', 'list', 'secrets', everywhere],
]

for (const [who, expected, verb, ...what] of cases) {
  for (const identity of who) {
    test(`38: may the ${identity} ${verb} ${what.join(' ')}? ${expected}`, async t => {
      t.is(await can(t.context.controlPlane, identity, verb, ...what), expected)
    })
  }
}
