/** Bad input and missing parts are named in one line, and everything else goes on; a manager ends cleanly when asked to. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import test from 'ava'
import { namespaceOf, type Place } from '../../hack/lab/addresses.ts'
import { inNamespace } from '../../hack/lab/exec.ts'
import { at } from '../../hack/lab/lab.ts'
import { gobgpSocket, kubeconfigOf } from '../../hack/lab/nodes.ts'
import { killPart, processOf, startPart } from '../../hack/lab/parts.ts'
import { runPods } from '../../hack/lab/pods.ts'
import { webhookOption } from '../../hack/lab/webhook.ts'
import { conditionTypes } from '../../src/api/names.ts'
import type { Condition, KubeObject } from '../../src/kube/objects.ts'
import { always, bgpConf, bgpPeer, bothFamilies, eip, eventually, loadBalancer, scenario } from './support.ts'

const pool = eip('pool', { address: '10.66.0.0/24', addresses: ['fd66::/64'] })
const scene = scenario(test, { name: 'e2e-invalid', nodes: 2, webhook: true }, pool, bgpConf(), bgpPeer())

const controllers = ['controller1', 'controller2'] as const

/** A manager of our own beside those of the lab, and the lines that it wrote so far. */
function manager(args: readonly string[], environment: NodeJS.ProcessEnv = {}, place?: Place) {
  const { KUBECONFIG: _, NODE_NAME: __, ...inherited } = process.env
  const main = join(import.meta.dirname, '../../src/main.ts')
  const namespace = place && namespaceOf(scene.lab.name, place)
  const [command = '', ...rest] = inNamespace(namespace, [process.execPath, main, ...args])
  const child = spawn(command, rest, { env: { ...inherited, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', line => lines.push(line))
  return { child, lines, exitCode: ended(child) }
}

async function ended(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}

const refusals: readonly (readonly [string, object, RegExp])[] = [
  ['Eip: a range that ends before it begins', eip('bad', { address: '192.0.2.9-192.0.2.1' }), /spec\.address/],
  [
    'Eip: a range of IPv6 that does',
    eip('bad', { address: '192.0.2.1', addresses: ['fd66::2-fd66::1'] }),
    /spec\.addresses\[0\]/,
  ],
  ['Eip: a protocol that is none', eip('bad', { address: '192.0.2.1', protocol: 'ospf' as never }), /spec\.protocol/],
  ['BgpConf: an AS of more than 32 bits', bgpConf({ as: 2 ** 32 }), /spec\.as/],
  ['BgpConf: a router id that is none', bgpConf({ routerId: 'fd66::1' }), /spec\.routerId/],
  [
    'BgpPeer: no address',
    bgpPeer('bad', { conf: { neighborAddress: 'router', peerAs: 1 } }),
    /spec\.conf\.neighborAddress/,
  ],
  ['BgpPeer: AS 0', bgpPeer('bad', { conf: { neighborAddress: '192.0.2.1', peerAs: 0 } }), /spec\.conf\.peerAs/],
]

for (const [title, object, field] of refusals) {
  test.serial(`35: refused when written, by the name of the field: ${title}`, async t => {
    t.regex(await scene.refused(object), field)
  })
}

test.serial('35: a field that is not acted on is accepted, and named in a condition until it is gone', async t => {
  const name = 'other'
  const conf = { neighborAddress: '192.0.2.1', peerAs: 65_000 }
  for (const [kind, before, after, field] of [
    [
      'eip',
      eip(name, { address: '192.0.2.1', interface: 'eth0' }),
      eip(name, { address: '192.0.2.1' }),
      'spec.interface',
    ],
    ['bgpconf', bgpConf({ policy: 'mine' }), bgpConf(), 'spec.policy'],
    ['bgppeer', bgpPeer(name, { conf: { ...conf, localAs: 65_001 } }), bgpPeer(name, { conf }), 'spec.conf.localAs'],
  ] as const) {
    const condition = async () => {
      const found = await scene.get<KubeObject & { status?: { conditions?: readonly Condition[] } }>(
        kind,
        before.metadata.name,
      )
      return found?.status?.conditions?.find(({ type }) => type === conditionTypes.fieldsActedOn)
    }
    await scene.apply(before)
    const told = await eventually(`${kind} names ${field}`, condition, found => found?.status === 'False')
    t.true(told?.message.includes(field), told?.message)
    await scene.apply(after)
    await eventually(`${kind} names nothing`, condition, found => found?.status === 'True')
  }
  await scene.kubectl('delete', 'eip,bgppeer', name)
})

for (const [title, args, environment, named] of [
  ['an unknown option', ['controller', '--bogus'], {}, /unknown option '--bogus'/],
  ['a value that is no choice', ['speaker', '--node-name=a', '--next-hops=none'], {}, /--next-hops.*'none' is invalid/],
  ['no node name', ['speaker'], {}, /--node-name <name>' not specified/],
  ['an empty node name', ['all'], { NODE_NAME: '' }, /--node-name <name>' value '' from env 'NODE_NAME' is invalid/],
  ['no such kubeconfig', ['controller', '--kubeconfig=/nonexistent'], {}, /kubeconfig \/nonexistent: .*no such file/],
  ['what is no kubeconfig', ['controller'], { KUBECONFIG: '/etc/hosts' }, /kubeconfig \/etc\/hosts: .*no context/],
] as const) {
  test.serial(`35: ${title}: the manager says so in one line, and fails`, async t => {
    const { lines, exitCode } = manager(args, environment)
    t.true(((await exitCode) ?? 0) !== 0)
    t.is(lines.filter(line => named.test(line)).length, 1, lines.join('\n'))
    t.true(lines.length <= 2, lines.join('\n'))
  })
}

test.serial('35: without its gobgpd a node says so, everything else goes on, and it recovers', async t => {
  await scene.apply(loadBalancer('web', bothFamilies))
  await runPods(scene.lab, 'web')
  await scene.told('web', 'Allocated', 'Allocated')
  const before = await scene.addresses('web')
  for (const address of before) await scene.routed(address, 'node1', 'node2')

  await killPart(scene.lab, 'node1', 'gobgpd', 'SIGKILL')
  const status = async () => (await scene.bgpConf())?.status?.nodesConfStatus?.['node1']
  const told = await eventually('node1 says so', status, found => found?.ready === false)
  t.regex(told?.message ?? '', /node1: .*connect (ENOENT|ECONNREFUSED)/)
  const log = readFileSync(processOf(scene.lab, 'node1', 'manager')?.log ?? '', 'utf8')
  t.regex(log, /"level":40.*connect (ENOENT|ECONNREFUSED).*the router is not as it should be/)
  t.is((await scene.bgpConf())?.status?.nodesConfStatus?.['node2']?.ready, true)

  await scene.apply(loadBalancer('meanwhile', { ...bothFamilies, selector: { app: 'web' } }))
  await scene.told('meanwhile', 'Announced', 'Announced')
  const addresses = [...before, ...(await scene.addresses('meanwhile'))]
  t.is(addresses.length, 4)
  for (const address of addresses) await scene.routed(address, 'node2')
  for (const address of before) await scene.served(address)

  await startPart(scene.lab, 'node1', 'gobgpd')
  for (const address of addresses) await scene.routed(address, 'node1', 'node2')
  const after = await eventually('node1 is ready', status, found => found?.ready === true)
  t.is(after?.message, undefined)
})

const overlapping = eip('second', { address: '192.0.2.1', addresses: ['10.66.0.128/25'] })
const overlaps = /spec\.addresses\[0\]: 10\.66\.0\.128\/25 overlaps 10\.66\.0\.0\/24 of Eip "pool"/

test.serial('4, 35: what takes another object is refused when written, by the name of the field', async t => {
  t.regex(await scene.refused(overlapping), overlaps)
  const [address = ''] = await scene.addresses('web')
  const without = eip('pool', { address: '10.66.0.128/25', addresses: ['fd66::/64'] })
  const told = await scene.refused(without)
  t.regex(told, /spec\.address: 10\.66\.0\.0-10\.66\.0\.127 cannot be taken out while in use/)
  t.true(told.includes(`${address} by default/web`), told)
})

/** Takes it as soon as the API server has somebody to ask. */
const taken = (object: object) =>
  eventually(
    'the API server takes it',
    () =>
      scene.apply(object).then(
        () => '',
        (error: Error) => error.message,
      ),
    told => told === '',
  )

test.serial(
  '37: with every controller away only Eips, BgpConfs and BgpPeers are refused, and that says why',
  async t => {
    const kept = eip('kept', { address: '192.0.2.1' }, { finalizers: ['example.org/others'] })
    await scene.apply(kept)
    for (const name of controllers) await killPart(scene.lab, 'control', name)
    for (const object of [eip('new', { address: '192.0.2.9' }), eip('kept', { disable: true, address: '192.0.2.1' })]) {
      t.regex(await scene.refused(object), /failed calling webhook "validation\.fairlead\.dev": .*connection refused/)
    }
    await scene.apply(loadBalancer('unattended'))
    await scene.kubectl('patch', 'eip', 'kept', '--subresource=status', '--type=merge', '-p={"status":{"usage":1}}')
    await scene.kubectl('label', 'eip', 'kept', 'tier=gold')
    await scene.kubectl('delete', 'eip', 'kept', '--wait=false')
    await scene.patch('eip', 'kept', { metadata: { finalizers: null } })
    t.is(await scene.eip('kept'), undefined)
    for (const name of controllers) await startPart(scene.lab, 'control', name)
    await scene.told('unattended', 'Allocated', 'Allocated')
    await taken(kept)
  },
)

test.serial('37: an API server that is restarted lets nothing slip through, and asks again', async t => {
  await killPart(scene.lab, 'control', 'kube-apiserver', 'SIGKILL')
  await startPart(scene.lab, 'control', 'kube-apiserver')
  const told = await eventually(
    'it is refused for what it is',
    () => scene.refused(overlapping),
    message => overlaps.test(message),
  )
  t.regex(told, /validation\.fairlead\.dev/)
  await taken(eip('second', { address: '192.0.2.2' }))
})

test.serial(
  '35: a controller that cannot serve the webhook says so, is not ready, and serves as soon as it can',
  async t => {
    const { lab } = scene
    const taken = webhookOption(lab, 'controller1')
    const probes = '127.0.0.1:8081'
    const args = [`--kubeconfig=${kubeconfigOf(lab, 'controller')}`, `--health-probe-bind-address=${probes}`, ...taken]
    const { child, lines, exitCode } = manager(['controller', ...args], {}, 'control')
    const told = (path: string) =>
      at(lab, 'control', ['curl', '--silent', '--write-out', '%{http_code}', `http://${probes}${path}`]).catch(String)
    await eventually(
      'it says what it waits for',
      () => told('/readyz'),
      text => /^webhook: it is not served yet\n503$/.test(text),
    )
    t.is(await told('/healthz'), 'ok\n200')
    t.regex(lines.join('\n'), /"level":50.*EADDRINUSE.*the webhook cannot listen/)
    await killPart(lab, 'control', 'controller1')
    await eventually(
      'it is ready',
      () => told('/readyz'),
      text => text === 'ok\n200',
    )
    child.kill('SIGTERM')
    t.is(await exitCode, 0)
    await startPart(lab, 'control', 'controller1')
  },
)

test.serial(
  'a manager of any role ends within seconds of SIGTERM, with exit code 0, and withdraws nothing',
  async t => {
    const { lab } = scene
    await killPart(lab, 'node1', 'manager')
    const addresses = await scene.addresses('web')
    const speaks = ['--node-name=node1', `--gobgp-socket=${gobgpSocket(lab, 'node1')}`, '--log-level=debug']
    const config = (who: 'controller' | 'speaker' | 'admin') => `--kubeconfig=${kubeconfigOf(lab, who)}`
    for (const [place, args, sign] of [
      ['control', ['controller', config('controller'), '--pod-name=mine'], '"does not lead"'],
      ['node1', ['speaker', config('speaker'), ...speaks], '"event":"connected"'],
      ['node1', ['all', config('admin'), '--pod-name=mine', ...speaks], '"event":"connected"'],
    ] as const) {
      const { child, lines, exitCode } = manager(args, {}, place)
      await eventually(
        `${args[0]} is at work`,
        () => lines.join('\n'),
        text => text.includes(sign),
      )
      const asked = performance.now()
      child.kill('SIGTERM')
      t.is(await exitCode, 0, lines.join('\n'))
      t.true(performance.now() - asked < 5_000)
      t.regex(lines.at(-1) ?? '', /"stopped"/)
      await always(
        `the router sends ${addresses.join()} to both nodes`,
        async () =>
          [...(await scene.routedTo(addresses[0] ?? '')), ...(await scene.routedTo(addresses[1] ?? ''))].join(),
        seen => seen === 'node1,node2,node1,node2',
        1_000,
      )
    }
    await startPart(lab, 'node1', 'manager')
  },
)
