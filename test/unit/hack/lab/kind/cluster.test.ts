import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { parse } from 'yaml'
import { auditDirectory, readAudit } from '../../../../../hack/lab/audit.ts'
import { inside } from '../../../../../hack/lab/inside.ts'
import { powerOff, powerOn, raiseCluster, removeCluster } from '../../../../../hack/lab/kind/cluster.ts'
import type { Lab } from '../../../../../hack/lab/state.ts'
import { Recording } from '../../recording.ts'

const root = fileURLToPath(new URL('../../../../../', import.meta.url))
const directory = '/run/control'
const kubeconfig = `${directory}/admin.kubeconfig`

const lab = {
  name: 'one',
  nodes: 2,
  bfd: true,
  images: '/images',
  audit: false,
  hosts: { '10.62.0.9': 'node1', 'fd62::4': 'node1', 'fd62::5': 'node2', '10.62.0.8': 'node2' },
} as const

interface ControlPlane {
  readonly role: string
  readonly extraMounts: unknown
  readonly kubeadmConfigPatches: readonly string[]
}

/** As docker gives them: in the order in which containers happen to start. */
const nodeList = JSON.stringify({
  items: [
    ['fl-one-control-plane', '10.62.0.10', 'fd62::2'],
    ['node1', '10.62.0.9', 'fd62::4'],
    ['node2', '10.62.0.8', 'fd62::5'],
  ].map(([name, v4, v6]) => ({
    metadata: { name },
    status: {
      addresses: [
        { type: 'InternalIP', address: v4 },
        { type: 'InternalIP', address: v6 },
        { type: 'Hostname', address: name },
      ],
    },
  })),
})

const answered = (command: string) => (command.includes(' get nodes ') ? nodeList : '')

test('networks, router, clients, nodes with our images, and the ways between them: in this order', async t => {
  const { run, commands } = new Recording(answered)
  const hosts = await raiseCluster(lab, directory, run)
  t.deepEqual(hosts, lab.hosts)
  const label = '--label dev.fairlead.lab=one'
  const kubectl = `kubectl --kubeconfig ${kubeconfig}`
  const replace = 'route replace'
  t.deepEqual(
    commands.filter(command => !command.includes(' sysctl ')),
    [
      `docker network create ${label} --ipv6 --subnet=10.62.0.0/16 --subnet=fd62::/64 --ip-range=10.62.0.8/29 --gateway=10.62.255.254 --gateway=fd62::ff fl-one`,
      `docker network create ${label} --ipv6 --subnet=10.61.0.0/24 --subnet=fd61::/64 --ip-range=10.61.0.128/25 --gateway=10.61.0.254 --gateway=fd61::ff --opt com.docker.network.bridge.gateway_mode_ipv4=routed --opt com.docker.network.bridge.gateway_mode_ipv6=routed fl-one-clients`,
      `docker run --detach --name fl-one-router ${label} --network fl-one --ip 10.62.0.1 --ip6 fd62::1 --privileged fairlead-lab:latest sleep infinity`,
      'docker network connect --ip 10.61.0.1 --ip6 fd61::1 fl-one-clients fl-one-router',
      'docker exec --interactive fl-one-router tee /etc/frr/frr.conf',
      'docker exec fl-one-router /usr/lib/frr/frrinit.sh start',
      `docker run --detach --name fl-one-neighbour ${label} --network fl-one --ip 10.62.0.3 --ip6 fd62::3 --cap-add NET_ADMIN fairlead-lab:latest sleep infinity`,
      `docker run --detach --name fl-one-client ${label} --network fl-one-clients --ip 10.61.0.2 --ip6 fd61::2 --cap-add NET_ADMIN --volume ${root}:${root}:ro fairlead-lab:latest sleep infinity`,
      `docker exec fl-one-client ip ${replace} default via 10.61.0.1`,
      `docker exec fl-one-client ip -6 ${replace} default via fd61::1`,
      `env KIND_EXPERIMENTAL_DOCKER_NETWORK=fl-one kind create cluster --name fl-one --kubeconfig ${kubeconfig} --config -`,
      'kind load image-archive /images/manager.tar --name fl-one',
      'kind load image-archive /images/gobgp.tar --name fl-one',
      `docker exec fl-one-worker ip ${replace} 10.61.0.0/24 via 10.62.0.1`,
      `docker exec fl-one-worker ip -6 ${replace} fd61::/64 via fd62::1`,
      `docker exec fl-one-worker2 ip ${replace} 10.61.0.0/24 via 10.62.0.1`,
      `docker exec fl-one-worker2 ip -6 ${replace} fd61::/64 via fd62::1`,
      `${kubectl} taint node fl-one-control-plane dev.fairlead.lab=control:NoSchedule`,
      `${kubectl} wait --for=condition=Ready nodes --all --timeout=10m`,
      `${kubectl} get nodes --output json`,
    ],
  )
  const [forwarding] = commands.filter(command => command.includes(' sysctl '))
  t.regex(forwarding ?? '', /^docker exec fl-one-router .* net\.ipv4\.ip_forward=1 .*fib_multipath_hash_policy=1/)
})

test('the router expects every node, and nodes are called as in every lab', async t => {
  const { run, inputs } = new Recording(answered)
  await raiseCluster(lab, directory, run)
  const [frr = '', cluster = ''] = inputs
  t.regex(frr, /^ neighbor nodes bfd 3 100 100$/m)
  t.regex(frr, /^ bgp listen range 10\.62\.0\.0\/16 peer-group nodes$/m)
  const { nodes, ...rest } = parse(cluster) as { nodes: { role: string; kubeadmConfigPatches?: string[] }[] }
  t.deepEqual(rest, {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    networking: { ipFamily: 'dual' },
  })
  t.deepEqual(
    nodes.map(({ role, kubeadmConfigPatches = [] }) => [role, ...kubeadmConfigPatches.map(text => parse(text))]),
    [
      ['control-plane'],
      ['worker', { kind: 'JoinConfiguration', nodeRegistration: { name: 'node1' } }],
      ['worker', { kind: 'JoinConfiguration', nodeRegistration: { name: 'node2' } }],
    ],
  )
})

test('an API server that audits has the policy, and its log is where it is read on this machine', async t => {
  const control = await mkdtemp(join(tmpdir(), 'control-'))
  t.teardown(() => rm(control, { recursive: true }))
  const { run, inputs } = new Recording(answered)
  await raiseCluster({ ...lab, audit: true }, control, run)
  const { nodes } = parse(inputs[1] ?? '') as { nodes: readonly ControlPlane[] }
  const { kubeadmConfigPatches, extraMounts, ...rest } = nodes[0] as ControlPlane
  t.deepEqual(rest, { role: 'control-plane' })
  t.deepEqual(extraMounts, [{ hostPath: join(control, 'audit'), containerPath: '/audit' }])
  const apiServer = (extraArgs: object) => ({
    extraArgs,
    extraVolumes: [{ name: 'audit', hostPath: '/audit', mountPath: '/audit', readOnly: false, pathType: 'Directory' }],
  })
  const kind = 'ClusterConfiguration'
  const [policy, log, size] = ['/audit/policy.json', '/audit/audit.log', '10000']
  t.deepEqual(
    kubeadmConfigPatches.map(text => parse(text)),
    [
      {
        kind,
        apiVersion: 'kubeadm.k8s.io/v1beta3',
        apiServer: apiServer({ 'audit-policy-file': policy, 'audit-log-path': log, 'audit-log-maxsize': size }),
      },
      {
        kind,
        apiVersion: 'kubeadm.k8s.io/v1beta4',
        apiServer: apiServer([
          { name: 'audit-policy-file', value: policy },
          { name: 'audit-log-path', value: log },
          { name: 'audit-log-maxsize', value: size },
        ]),
      },
    ],
  )
  const written = JSON.parse(await readFile(join(control, policy), 'utf8')) as { kind: string; rules: unknown }
  t.is(written.kind, 'Policy')
  await writeFile(join(control, log), '')
  t.deepEqual(readAudit(auditDirectory(control)), [])
})

test('after a failure nothing more is made, and what was is removed', async t => {
  const { run, commands } = new Recording(command =>
    command.includes(' kind create ') ? undefined : answered(command),
  )
  await t.throwsAsync(raiseCluster(lab, directory, run), { message: /kind create cluster/ })
  const failed = commands.findIndex(command => command.includes(' kind create cluster '))
  const removal = new Recording()
  await removeCluster(lab.name, directory, removal.run)
  t.deepEqual(commands.slice(failed + 1), removal.commands)
})

test('all of it is removed, containers before their networks, by what bears the lab’s name', async t => {
  const found = new Map([
    ['docker ps --all --quiet --filter label=dev.fairlead.lab=one', 'a\nb\n'],
    ['docker network ls --quiet --filter label=dev.fairlead.lab=one', 'c\n'],
  ])
  const { run, commands } = new Recording(command => found.get(command) ?? '')
  await removeCluster('one', directory, run)
  const [list, networks] = [...found.keys()]
  t.deepEqual(commands, [
    `kind delete cluster --name fl-one --kubeconfig ${kubeconfig}`,
    list,
    'docker rm --force a b',
    networks,
    'docker network rm c',
  ])
})

test('of what is not there nothing is removed', async t => {
  const { run, commands } = new Recording()
  await removeCluster('one', directory, run)
  t.false(commands.some(command => command.includes(' rm ')))
})

test('a node without power comes back at its addresses, and finds clients again', async t => {
  const { run, commands } = new Recording()
  await powerOff(lab, 'node2', run)
  await powerOn(lab, 'node2', run)
  t.deepEqual(commands, [
    'docker network disconnect fl-one fl-one-worker2',
    'docker kill fl-one-worker2',
    'docker network connect --ip 10.62.0.8 --ip6 fd62::5 fl-one fl-one-worker2',
    'docker start fl-one-worker2',
    'docker exec fl-one-worker2 ip route replace 10.61.0.0/24 via 10.62.0.1',
    'docker exec fl-one-worker2 ip -6 route replace fd61::/64 via fd62::1',
  ])
})

test('a command gets to a place by the lab’s driver', t => {
  const paths = (driver: Lab['driver']) =>
    (['client', 'router', 'neighbour', 'control', 'node1', 'node2'] as const).map(place =>
      inside({ name: 'one', driver }, place, ['true']).join(' '),
    )
  t.deepEqual(
    paths('kind'),
    ['client', 'router', 'neighbour', 'control-plane', 'worker', 'worker2'].map(
      name => `docker exec --interactive fl-one-${name} true`,
    ),
  )
  t.is(paths('namespaces')[4], 'ip netns exec fl-one-node1 true')
})
