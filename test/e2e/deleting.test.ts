/** Eips that are deleted while they are in use, and an installation that is removed, in whatever order. */
import { join } from 'node:path'
import test from 'ava'
import { installManifests } from '../../hack/lab/cluster.ts'
import { isRunningPart, killPart, startPart } from '../../hack/lab/parts.ts'
import { annotations, finalizers, systemNamespace as namespace } from '../../src/api/names.ts'
import type { KubeObject } from '../../src/kube/objects.ts'
import { always, bgpConf, bgpPeer, eip, eventually, loadBalancer, scenario } from './support.ts'

const manifests = join(import.meta.dirname, '../../manifests')
const controllers = ['controller1', 'controller2'] as const
const pool = eip('pool', { address: '10.66.0.0/30' })
const web = loadBalancer('web', { loadBalancerIP: '10.66.0.2' })
const scene = scenario(test, { name: 'e2e-deleting', nodes: 1, webhook: true })

const gone = (kind: string, name: string) =>
  eventually(
    `${kind} ${name} is gone`,
    () => scene.get<KubeObject>(kind, name),
    found => found === undefined,
  )

const finalizersOf = async (kind: string, name: string) =>
  (await scene.get<KubeObject>(kind, name))?.metadata.finalizers ?? []

/** Waits until an Eip has these finalizers and no others. */
const keptBy = (name: string, ...by: readonly string[]) =>
  eventually(
    `Eip ${name} has the finalizers ${by.join()}`,
    () => finalizersOf('eip', name),
    found => found.join() === by.join(),
  )

/** Applies as soon as somebody answers for it, or nobody is asked. */
const taken = (...objects: readonly object[]) =>
  eventually(
    'the API server takes it',
    () =>
      scene.apply(...objects).then(
        () => '',
        (error: Error) => error.message,
      ),
    told => told === '',
    30_000,
  )

/** Whatever was removed before is there, `web` has its address, and the Eip is not to vanish. */
async function installed(): Promise<void> {
  await installManifests(scene.lab)
  // Without speakers nothing that is freed is held for one that may still announce it.
  await killPart(scene.lab, 'node1', 'manager')
  await scene.kubectl('delete', 'leases', '-n', namespace, '-l', 'fairlead.dev/speaker=true')
  for (const name of controllers) {
    if (!isRunningPart(scene.lab, 'control', name)) await startPart(scene.lab, 'control', name)
  }
  await taken(pool, web)
  await eventually(
    'the address is given',
    () => scene.virtualIP('10.66.0.2'),
    vip => vip?.spec.services.length === 1,
    30_000,
  )
  await scene.told('web', 'Allocated', 'Allocated')
  await keptBy('pool', finalizers.inUse)
}

/** An Eip that has been deleted, and waits for a Service that stays. */
async function deleteWaiting(): Promise<void> {
  await scene.apply(
    eip('waiting', { address: '10.66.1.1', autoAssign: false }),
    loadBalancer('stays', {}, { annotations: { [annotations.eip]: 'waiting' } }),
  )
  await keptBy('waiting', finalizers.inUse)
  await scene.kubectl('delete', 'eip', 'waiting', '--wait=false')
}

/** Deletes and waits until all of it is gone. */
const remove = (...what: readonly string[]) => scene.kubectl('delete', '--timeout=40s', '--ignore-not-found', ...what)

const endControllers = () => Promise.all(controllers.map(name => killPart(scene.lab, 'control', name)))

test.serial('9: an Eip in use waits when it is deleted, says who uses it, and gives nothing new', async t => {
  await installed()
  await scene.kubectl('delete', 'eip', 'pool', '--wait=false')
  const told = await eventually(
    'the Eip says who uses it',
    async () => (await scene.eip('pool'))?.status,
    status => status?.conditions?.some(({ reason }) => reason === 'Deleting') === true,
  )
  t.false(told?.ready)
  t.regex(JSON.stringify(told?.conditions), /10\.66\.0\.2 by default\/web/)
  await scene.apply(loadBalancer('late'))
  t.regex((await scene.told('late', 'Allocated', 'NoMatchingEip')).message, /Eip pool is being deleted/)
  await scene.kubectl('label', 'service', 'web', 'touch=it', '--overwrite')
  await always(
    'web keeps it',
    () => scene.addresses('web'),
    found => found.join() === '10.66.0.2',
    1_000,
  )
  await scene.kubectl('delete', 'service', 'web', 'late')
  await gone('eip', 'pool')
})

test.serial('9: what has OpenELB’s finalizers goes, an Eip when nobody uses it any more', async t => {
  const openelb = (name: string) => ({ metadata: { finalizers: [name, 'example.org/others'] } })
  await installed()
  await scene.apply(bgpConf(), bgpPeer())
  await scene.patch('eip', 'pool', openelb(finalizers.openelbEip))
  await scene.patch('bgpconf', 'default', openelb(finalizers.openelbBgp))
  await scene.patch('bgppeer', 'router', openelb(finalizers.openelbBgp))
  // OpenELB may be there, and would put its own on again.
  await keptBy('pool', finalizers.openelbEip, 'example.org/others', finalizers.inUse)
  const all = [
    ['bgppeer', 'router'],
    ['bgpconf', 'default'],
    ['eip', 'pool'],
  ] as const
  for (const [kind, name] of all) await scene.kubectl('delete', kind, name, '--wait=false')
  await always(
    'the Eip waits',
    () => finalizersOf('eip', 'pool'),
    found => found.length === 3,
    1_000,
  )
  await scene.kubectl('delete', 'service', 'web')
  for (const [kind, name] of all) {
    await eventually(
      'only that of somebody else is left',
      () => finalizersOf(kind, name),
      found => found.join() === 'example.org/others',
    )
    await scene.patch(kind, name, { metadata: { finalizers: null } })
    await gone(kind, name)
  }
  t.pass()
})

test.serial(
  '9: uninstalled, custom resources first: nothing is stuck, and the Service says that it has no address',
  async t => {
    await installed()
    await deleteWaiting()
    await remove('-k', join(manifests, 'crd'))
    await scene.told('web', 'Allocated', 'AddressNotInEip')
    t.deepEqual(await scene.addresses('web'), [])
  },
)

test.serial('9: controllers that end keep no Eip but one that waits; the next ones keep them again', async t => {
  await installed()
  await deleteWaiting()
  await endControllers()
  t.deepEqual(await finalizersOf('eip', 'pool'), [])
  t.deepEqual(await finalizersOf('eip', 'waiting'), [finalizers.inUse])
  for (const name of controllers) await startPart(scene.lab, 'control', name)
  await keptBy('pool', finalizers.inUse)
  t.deepEqual(await scene.addresses('web'), ['10.66.0.2'])
})

test.serial('9: uninstalled, the Deployment first: nothing is stuck, not even an Eip that waits', async t => {
  await deploy()
  await scene.kubectl('delete', 'replicaset', 'controller', '-n', namespace)
  await eventually(
    'its Pods end',
    () => Promise.all(controllers.map(name => scene.get<KubeObject>('pod', name, namespace))),
    pods => pods.every(pod => pod?.metadata.deletionTimestamp !== undefined),
  )
  await endControllers()
  await scene.kubectl('delete', 'pods', '--all', '-n', namespace, '--force', '--grace-period=0')
  await gone('eip', 'waiting')
  await remove('-k', join(manifests, 'crd'))
  t.deepEqual(await scene.addresses('web'), ['10.66.0.2'])
})

test.serial('9: uninstalled, the namespace first: nothing is stuck', async t => {
  await installed()
  await deleteWaiting()
  await remove('namespace', namespace)
  await gone('eip', 'waiting')
  await keptBy('pool')
  const other = eip('other', { address: '10.66.2.1' })
  t.regex(
    await scene.refused(other),
    /failed calling webhook "validation\.fairlead\.dev": .*"fairlead-webhook" not found/,
  )
  await scene.kubectl('delete', 'validatingwebhookconfiguration', 'fairlead')
  await taken(other)
  await remove('eip', 'other')
})

test.serial('9: uninstalled, all at once: nothing is stuck; installed again the Service has its address', async t => {
  await installed()
  await deleteWaiting()
  await remove('-k', manifests)
  t.is(await scene.kubectl('get', 'crd', '-o', 'name'), '')
  await installed()
  t.deepEqual(await scene.addresses('web'), ['10.66.0.2'])
})

/** The Pods of the controllers, as a Deployment's ReplicaSet would have made them. */
async function deploy(): Promise<void> {
  const labels = { app: 'controller' }
  const spec = { nodeName: 'node1', containers: [{ name: 'manager', image: 'manager' }] }
  await scene.apply({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'controller', namespace },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  })
  const uid = (await scene.get<KubeObject>('replicaset', 'controller', namespace))?.metadata.uid
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'controller', uid, controller: true }]
  const pods = controllers.map(name => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, ownerReferences },
    spec,
  }))
  await scene.apply(...pods)
}
