/** What `kubectl apply -k` installs: that the API server takes it, and what its containers may do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments, stringify } from 'yaml'
import { binary } from '../../../hack/binaries.ts'
import { exec } from '../../../hack/lab/exec.ts'
import packageJson from '../../../package.json' with { type: 'json' }
import { started } from './started.ts'
import { testWithApiServer } from './support.ts'

const manifests = fileURLToPath(new URL('../../../manifests', import.meta.url))

interface Container {
  readonly name: string
  readonly image: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly readinessProbe?: { readonly httpGet: { readonly path: string } }
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } }
  readonly restartPolicy?: string
  readonly resources: { readonly requests: Record<string, string> }
  readonly securityContext: {
    readonly allowPrivilegeEscalation: boolean
    readonly readOnlyRootFilesystem: boolean
    readonly capabilities: { readonly drop: readonly string[]; readonly add?: readonly string[] }
  }
}

interface PodSpec {
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
  readonly hostNetwork?: boolean
  readonly terminationGracePeriodSeconds?: number
  readonly affinity?: { readonly nodeAffinity?: unknown }
  readonly securityContext: { readonly runAsNonRoot: boolean; readonly seccompProfile: { readonly type: string } }
}

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

interface Workload extends Manifest {
  readonly spec: {
    readonly template: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: PodSpec }
  }
}

interface ServiceSpec {
  readonly selector: Record<string, string>
  readonly ports: readonly { readonly targetPort: string }[]
}

interface PolicySpec {
  readonly podSelector: { readonly matchLabels: Record<string, string> }
  readonly ingress: readonly {
    readonly ports: readonly { readonly port: string }[]
    readonly from?: readonly object[]
  }[]
}

interface Configuration {
  readonly webhooks: readonly {
    readonly failurePolicy: string
    readonly rules: readonly Readonly<Record<'apiGroups' | 'resources' | 'operations', readonly string[]>>[]
    readonly clientConfig: { readonly service: object }
  }[]
}

/** As `kubectl kustomize` renders each, once for all tests. */
const rendered = new Map<string, string>()

const objects = <T extends Manifest>(shape: string, ...kinds: readonly string[]): readonly T[] =>
  parseAllDocuments(rendered.get(shape) ?? '')
    .map(document => document.toJS() as T)
    .filter(({ kind }) => kinds.includes(kind))

/** The Deployments and DaemonSets, by name. */
const workloads = (shape: string): ReadonlyMap<string, PodSpec> =>
  new Map(
    objects<Workload>(shape, 'Deployment', 'DaemonSet').map(({ metadata, spec }) => [
      metadata.name,
      spec.template.spec,
    ]),
  )

const containersOf = ({ containers, initContainers = [] }: PodSpec) => [...initContainers, ...containers]

const test = testWithApiServer()

const shapes = [
  { shape: 'default', roles: { 'fairlead-controller': 'controller', 'fairlead-speaker': 'speaker' } },
  { shape: 'compact', roles: { 'fairlead-manager': 'all' } },
  { shape: 'openelb', roles: { 'fairlead-controller': 'controller', 'fairlead-speaker': 'speaker' } },
] as const

test.before(async () => {
  for (const { shape } of shapes)
    rendered.set(shape, await exec([binary('kubectl'), 'kustomize', join(manifests, shape)]))
})

for (const { shape, roles } of shapes) {
  test.serial(`${shape}: the API server takes every object, and knows every field`, async t => {
    const kubectl = [binary('kubectl'), `--kubeconfig=${t.context.controlPlane.kubeconfigs.admin}`]
    const dryRun = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict']
    const told = await exec([...kubectl, ...dryRun, '--filename=-'], {
      input: rendered.get(shape) ?? '',
    })
    t.true(told.includes('(server dry run)'))
  })

  test(`${shape}: what is started is what the manager knows, by images of this version`, t => {
    const found = workloads(shape)
    const managers = [...found].map(([name, { containers }]) => [name, started(containers[0] as Container).role])
    t.deepEqual(Object.fromEntries(managers), roles)
    const images = [...found.values()].flatMap(containersOf).map(({ image }) => image)
    const known = ['manager', 'gobgp'].map(name => `fairlead.dev/${name}:${packageJson.version}`)
    t.deepEqual([...new Set(images)].sort(), known.sort())
  })

  test(`38: ${shape}: nothing is root, may become it, writes to its image or has more capabilities than it needs`, t => {
    for (const [name, pod] of workloads(shape)) {
      t.like(pod.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, name)
      for (const { securityContext, resources, ...container } of containersOf(pod)) {
        t.false(securityContext.allowPrivilegeEscalation)
        t.true(securityContext.readOnlyRootFilesystem)
        const { drop, add = [] } = securityContext.capabilities
        t.deepEqual(drop, ['ALL'])
        const raw = name === 'fairlead-controller' ? [] : ['NET_RAW', 'NET_ADMIN', 'SYS_NICE']
        t.deepEqual(add, container.name === 'gobgpd' ? ['NET_BIND_SERVICE'] : raw)
        t.deepEqual(Object.keys(resources.requests), ['cpu', 'memory'])
      }
    }
  })

  test(`${shape}: gobgpd is a native sidecar wherever something announces, and an upgrade can be told from a departure`, t => {
    for (const [name, pod] of workloads(shape)) {
      const sidecars = (pod.initContainers ?? []).map(sidecar => [sidecar.name, sidecar.restartPolicy])
      t.deepEqual(sidecars, name === 'fairlead-controller' ? [] : [['gobgpd', 'Always']])
      t.is(pod.hostNetwork === true, name !== 'fairlead-controller')
      t.is(pod.affinity?.nodeAffinity, undefined)
    }
  })
}

for (const { shape } of shapes) {
  test(`${shape}: every controller serves the webhook that API servers are told of, and is ready only then`, t => {
    const [service, ...others] = objects<Manifest & { spec: ServiceSpec }>(shape, 'Service')
    t.is(others.length, 0)
    const [configuration] = objects<Manifest & Configuration>(shape, 'ValidatingWebhookConfiguration')
    for (const { clientConfig } of configuration?.webhooks ?? []) {
      t.like(clientConfig.service, { name: service?.metadata.name, namespace: service?.metadata.namespace })
    }
    const { selector = {}, ports: [port] = [] } = service?.spec ?? {}
    const selected = objects<Workload>(shape, 'Deployment', 'DaemonSet').filter(({ spec }) =>
      Object.entries(selector).every(([key, value]) => spec.template.metadata.labels[key] === value),
    )
    t.is(selected.length, 1)
    for (const { kind, spec } of selected) {
      t.is(kind, 'Deployment')
      const { containers, terminationGracePeriodSeconds = 30 } = spec.template.spec
      const [manager] = containers as readonly [Container]
      const listens = manager.ports?.find(({ name }) => name === port?.targetPort)
      t.like(started(manager).options, { webhook: { port: listens?.containerPort } })
      t.is(manager.readinessProbe?.httpGet.path, '/readyz')
      // It serves on for a while when it is to end, and then has 8 s.
      const seconds = manager.lifecycle?.preStop?.sleep?.seconds ?? 0
      t.true(seconds >= 5 && seconds + 8 < terminationGracePeriodSeconds)
    }
  })

  test(`${shape}: the API server asks, or does without, by what is asked for: it fails closed for our own kinds only`, t => {
    const [configuration] = objects<Manifest & Configuration>(shape, 'ValidatingWebhookConfiguration')
    const told = (configuration?.webhooks ?? []).map(({ failurePolicy, rules }) => [
      failurePolicy,
      rules.map(({ apiGroups, resources, operations }) => [...apiGroups, ...resources, ...operations].join(' ')),
    ])
    t.deepEqual(told, [
      ['Fail', ['network.kubesphere.io eips bgpconfs bgppeers CREATE UPDATE']],
      ['Ignore', ['network.kubesphere.io eips DELETE']],
    ])
  })
}

test('a second installation in another namespace takes over what is the cluster’s: nothing is left that calls the first', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'second-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const resources = [relative(directory, join(manifests, 'default'))]
  await writeFile(join(directory, 'kustomization.yaml'), stringify({ namespace: 'second', resources }))
  rendered.set('second', await exec([binary('kubectl'), 'kustomize', directory]))
  const kinds = ['ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'ValidatingWebhookConfiguration']
  const names = (shape: string) => objects(shape, ...kinds).map(({ kind, metadata }) => `${kind} ${metadata.name}`)
  t.deepEqual(names('second'), names('default'))
  t.false(rendered.get('second')?.includes('namespace: fairlead-system'))
})

test('a network policy is of the controllers alone, and knows every port that they listen on', async t => {
  rendered.set('networkpolicy', await exec([binary('kubectl'), 'kustomize', join(manifests, 'networkpolicy')]))
  const [policy] = objects<Manifest & { spec: PolicySpec }>('networkpolicy', 'NetworkPolicy')
  const { podSelector, ingress = [] } = policy?.spec ?? {}
  const selected = objects<Workload>('default', 'Deployment', 'DaemonSet').filter(({ spec }) =>
    Object.entries(podSelector?.matchLabels ?? {}).every(
      ([key, value]) => spec.template.metadata.labels[key] === value,
    ),
  )
  t.deepEqual(
    selected.map(({ metadata }) => metadata.name),
    ['fairlead-controller'],
  )
  const declared = selected.flatMap(({ spec }) => containersOf(spec.template.spec)).flatMap(({ ports = [] }) => ports)
  const allowed = ingress.map(({ ports, from }) => [ports.map(({ port }) => port).join(), from !== undefined] as const)
  t.deepEqual(allowed, [
    ['webhook', false],
    ['probes', true],
  ])
  t.deepEqual(declared.map(({ name }) => name).toSorted(), allowed.map(([port]) => port).toSorted())
})

test('1: beside OpenELB only annotated Services are served', t => {
  for (const [shape, asked] of [
    ['default', false],
    ['openelb', true],
  ] as const) {
    const [manager] = workloads(shape).get('fairlead-controller')?.containers ?? []
    t.like(started(manager as Container).options, { requireAnnotation: asked })
  }
})
