/** An older etcd is restored under managers that go on running: they hear nothing of it, and go by what was until they notice. */
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { isRunningPart, killPart, type Part, restartPart, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { placeDirectory } from '../../hack/lab/state.ts'
import { always, bgpConf, bgpPeer, eip, eventually, loadBalancer, scenario } from './support.ts'

const scene = scenario(
  test,
  { name: 'e2e-restore', nodes: 2 },
  eip('pool', { address: '10.66.0.0/31' }),
  bgpConf(),
  bgpPeer(),
)
const managers = [
  ['control', 'controller1'],
  ['control', 'controller2'],
  ['node1', 'manager'],
  ['node2', 'manager'],
] as const
const selector = { app: 'web' }

/** Does something to the files of etcd, of which no process has any open meanwhile. */
async function withoutEtcd(act: (data: string, copy: string) => Promise<void>): Promise<void> {
  const data = join(placeDirectory(scene.lab, 'control'), 'etcd')
  const parts: readonly Part[] = ['etcd', 'kube-apiserver']
  // A kube-apiserver that has lost its etcd hangs for minutes and keeps its port.
  for (const part of parts.toReversed()) await killPart(scene.lab, 'control', part, 'SIGKILL')
  await act(data, `${data}.copy`)
  for (const part of parts) await startPart(scene.lab, 'control', part)
}

/** Waits until the third Service has what the first one had: held, as long as a speaker that was cut off may announce it for that one. */
const passedOn = (address: string) =>
  eventually(
    'the third Service has it',
    () => scene.addresses('third'),
    found => found.join() === address,
    90_000,
  )

const told = async () => Promise.all(['first', 'second', 'third'].map(name => scene.addresses(name)))

test.serial('6: an older etcd is restored: every manager starts anew, and every address is whose it was', async t => {
  t.timeout(240_000)
  await scene.apply(loadBalancer('first', { selector }), loadBalancer('second', { selector }))
  await runPods(scene.lab, 'web')
  const [first, second] = [await scene.address('first'), await scene.address('second')]
  for (const address of [first, second]) await scene.routed(address, 'node1', 'node2')
  await withoutEtcd((data, copy) => cp(data, copy, { recursive: true }))

  await scene.kubectl('delete', 'service', 'first')
  await scene.apply(loadBalancer('third', { selector }))
  await passedOn(first)
  await scene.served(first)

  await withoutEtcd(async (data, copy) => {
    await rm(data, { recursive: true })
    await cp(copy, data, { recursive: true })
  })
  t.is(await scene.service('third'), undefined)
  // Kubernetes' own go by what was, and are to be restarted.
  await restartPart(scene.lab, 'control', 'kube-controller-manager')
  for (const node of ['node1', 'node2'] as const) await restartPart(scene.lab, node, 'kube-proxy')
  // What a kubelet does.
  for (const [place, part] of managers) {
    await eventually(
      `${part} of ${place} notices`,
      () => isRunningPart(scene.lab, place, part),
      isRunning => !isRunning,
      120_000,
    )
    await startPart(scene.lab, place, part)
  }

  await scene.apply(loadBalancer('third', { selector }))
  await scene.told('third', 'Allocated', 'PoolExhausted')
  await always('nobody has what is another’s', told, found => found.join('|') === `${first}|${second}|`, 2_000)
  for (const address of [first, second]) {
    await scene.routed(address, 'node1', 'node2')
    await scene.served(address)
  }
  await scene.kubectl('delete', 'service', 'first')
  await passedOn(first)
  t.pass()
})
