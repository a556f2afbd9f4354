/** The Helm chart: that it installs what the kustomizations do, what values change of it, and a release's life. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { binary } from '../../../hack/binaries.ts'
import { CommandFailed, exec } from '../../../hack/lab/exec.ts'
import packageJson from '../../../package.json' with { type: 'json' }
import { commandLine } from '../../../src/options.ts'
import { started } from './started.ts'
import { testWithApiServer } from './support.ts'

const manifests = fileURLToPath(new URL('../../../manifests', import.meta.url))
const chart = join(manifests, 'helm/fairlead')

interface Manifest {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
}

interface Container {
  readonly name: string
  readonly image: string
  readonly args: readonly string[]
  readonly resources: object
}

interface Workload extends Manifest {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly [Container]; readonly initContainers?: readonly Container[] }
    }
  }
}

const helm = (...args: readonly string[]): Promise<string> => exec([binary('helm'), ...args])

const template = (...args: readonly string[]): Promise<string> =>
  helm('template', 'fairlead', chart, '--namespace=fairlead-system', ...args)

const kustomize = (kustomization: string): Promise<string> =>
  exec([binary('kubectl'), 'kustomize', join(manifests, kustomization)])

/** Every object by what it is and is called. */
const objects = (text: string): Readonly<Record<string, Manifest>> =>
  Object.fromEntries(
    parseAllDocuments(text)
      .map(document => document.toJS() as Manifest)
      .map(object => [[object.kind, object.metadata.namespace, object.metadata.name].join(' '), object]),
  )

const workload = (text: string, kind: string, name: string): Workload =>
  objects(text)[`${kind} fairlead-system ${name}`] as Workload

/** What a kustomization renders, as a chart has to: the namespace is a release's, and definitions outlive it. */
const asChart = (found: Readonly<Record<string, Manifest>>): Readonly<Record<string, Manifest>> =>
  Object.fromEntries(
    Object.entries(found)
      .filter(([, { kind }]) => kind !== 'Namespace')
      .map(([name, object]) => [name, object.kind === 'CustomResourceDefinition' ? kept(object) : object]),
  )

const kept = (object: Manifest): Manifest => ({
  ...object,
  metadata: { ...object.metadata, annotations: { 'helm.sh/resource-policy': 'keep' } },
})

/** Other than by default, all of them. */
const everyValue = {
  image: { registry: 'registry.example:5000/lb', tag: 'v9' },
  imagePullSecrets: [{ name: 'pull' }],
  requireAnnotation: true,
  logLevel: 'debug',
  loadBalancerClass: 'example.org/lb',
  // What YAML makes of `off`, and of numbers: floating ones.
  proxyHealth: false,
  failStatic: 1_000_000,
  ...Object.fromEntries(
    ['controller', 'speaker', 'manager'].map(component => [
      component,
      {
        priorityClassName: '',
        nodeSelector: { edge: 'true' },
        tolerations: [{ operator: 'Exists' }],
        resources: { manager: { requests: { cpu: 1, memory: '1Gi' }, limits: null } },
      },
    ]),
  ),
}

const test = testWithApiServer(async ({ directory }) => {
  await writeFile(join(directory, 'values.yaml'), stringify(everyValue))
})

const speaker = 'daemonset/fairlead-speaker'
const virtualIps = 'crd/virtualips.network.kubesphere.io'
const webhooks = 'validatingwebhookconfiguration/fairlead'
/** API servers check that it is PEM. */
const authority = Buffer.from(rootCertificates[0] ?? '').toString('base64')

const kustomizations = [
  ['default'],
  ['compact', '--set=shape=compact'],
  ['openelb', '--set=requireAnnotation=true'],
  ['default networkpolicy', '--set=networkPolicy=true'],
] as const

for (const [names, ...values] of kustomizations) {
  test(`${names}: the chart installs what kustomize does`, async t => {
    const [rendered, ...expected] = await Promise.all([template(...values), ...names.split(' ').map(kustomize)])
    t.deepEqual(objects(rendered), asChart(objects(expected.join('---\n'))), 'not current? npm run generate')
  })
}

for (const shape of ['default', 'compact']) {
  const values = (directory: string) => [
    `--values=${directory}/values.yaml`,
    `--set=shape=${shape},networkPolicy=${shape === 'default'}`,
  ]

  test.serial(`${shape}: with every value set the API server takes every object, and knows every field`, async t => {
    const rendered = await template(...values(t.context.directory))
    const kubectl = [binary('kubectl'), `--kubeconfig=${t.context.controlPlane.kubeconfigs.admin}`]
    const dryRun = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict']
    const told = await exec([...kubectl, ...dryRun, '--filename=-'], { input: rendered })
    t.is(told.trim().split('\n').length, Object.keys(objects(rendered)).length)
  })

  test(`${shape}: helm has nothing to say against it`, async t => {
    for (const given of [[`--set=shape=${shape}`], values(t.context.directory)])
      t.regex(await helm('lint', '--strict', chart, ...given), /0 chart\(s\) failed/)
  })
}

test('values reach the managers, and images and Pods are what they say', async t => {
  const values = `--values=${t.context.directory}/values.yaml`
  const [rendered, compact] = await Promise.all([template(values), template(values, '--set=shape=compact')])
  const common = { logLevel: 'debug' }
  const controlling = { ...common, loadBalancerClass: 'example.org/lb', requireAnnotation: true }
  const speaking = { ...common, failStatic: 1_000_000 }
  for (const [found, options] of [
    [workload(rendered, 'Deployment', 'fairlead-controller'), controlling],
    [workload(rendered, 'DaemonSet', 'fairlead-speaker'), speaking],
    [workload(compact, 'Deployment', 'fairlead-manager'), { ...controlling, ...speaking }],
  ] as const) {
    const { containers, initContainers = [], ...pod } = found.spec.template.spec
    const [manager] = containers
    const start = started(manager)
    t.like(start.options, options)
    t.false('proxyHealth' in start.options)
    for (const { image } of [manager, ...initContainers])
      t.regex(image, /^registry\.example:5000\/lb\/(manager|gobgp):v9$/)
    t.deepEqual(manager.resources, { requests: { cpu: 1, memory: '1Gi' } })
    t.like(pod, {
      priorityClassName: '',
      nodeSelector: { 'kubernetes.io/os': 'linux', edge: 'true' },
      tolerations: [{ operator: 'Exists' }],
      imagePullSecrets: [{ name: 'pull' }],
    })
  }
})

test('in another namespace nothing is left of the usual one', async t => {
  const rendered = await helm('template', 'fairlead', chart, '--namespace=elsewhere')
  const namespaces = Object.values(objects(rendered)).flatMap(({ metadata }) => metadata.namespace ?? [])
  t.true(namespaces.length > 0 && namespaces.every(name => name === 'elsewhere'))
  t.false(rendered.includes('fairlead-system'))
})

const wrong = [
  ['shape=both', '/shape'],
  ['image.tag=a:b', '/image/tag'],
  ['image.registry=https://registry.example', '/image/registry'],
  ['imagePullSecrets={pull}', '/imagePullSecrets/0'],
  ['requireAnnotation=openelb', '/requireAnnotation'],
  ['logLevel=loud', '/logLevel'],
  ['loadBalancerClass=a b', '/loadBalancerClass'],
  ['proxyHealth=localhost', '/proxyHealth'],
  ['shape=compact,networkPolicy=true', '/networkPolicy'],
  ['failStatic=0', '/failStatic'],
  ['proxyHealth=true', '/proxyHealth'],
  ['failStatic=never', '/failStatic'],
  ['speaker.tolerations=all', '/speaker/tolerations'],
  ['speaker.tolerations[0].effect=Never', '/speaker/tolerations/0/effect'],
  ['speaker.nodeSelector.edge=true', '/speaker/nodeSelector/edge'],
  ['speaker.resources.manager.limits.memory=much', '/speaker/resources/manager/limits/memory'],
  ['controller.resources.gobgpd.requests.cpu=1', 'gobgpd'],
  ['manager.replicas=3', "'/manager': additional properties 'replicas'"],
  ['speakers.priorityClassName=x', "additional properties 'speakers'"],
] as const

test('what cannot be meant is refused, by its name', async t => {
  for (const [value, named] of wrong) {
    const refused = await t.throwsAsync(template(`--set=${value}`), { instanceOf: CommandFailed }, value)
    t.true(refused.stderr.includes(named), refused.stderr)
  }
})

test('the chart is of this version, and knows the manager’s log levels', async t => {
  const { version, appVersion } = parse(await readFile(join(chart, 'Chart.yaml'), 'utf8')) as Record<string, string>
  t.deepEqual([version, appVersion], [packageJson.version, packageJson.version])
  const schema = JSON.parse(await readFile(join(chart, 'values.schema.json'), 'utf8')) as {
    readonly properties: { readonly logLevel: { readonly enum: readonly string[] } }
  }
  const [command] = commandLine('', () => {}).commands
  const levels = command?.options.find(({ long }) => long === '--log-level')?.argChoices ?? []
  t.deepEqual(schema.properties.logLevel.enum.toSorted(), levels.toSorted())
})

test.serial(
  'a release takes over what kubectl installed, is upgraded, and leaves the custom resources behind',
  async t => {
    t.timeout(120_000)
    const { admin } = t.context.controlPlane.kubeconfigs
    const kubectl = (...args: readonly string[]) => exec([binary('kubectl'), `--kubeconfig=${admin}`, ...args])
    const release = (...args: readonly string[]) =>
      helm(...args, `--kubeconfig=${admin}`, '--namespace=fairlead-system')
    const told = (object: string, path: string) =>
      kubectl('get', object, '--namespace=fairlead-system', `--output=jsonpath=${path}`)

    const notes = await release('install', 'fairlead', chart, '--take-ownership')
    t.true(notes.includes('kubectl rollout status --namespace fairlead-system daemonset/fairlead-speaker'))
    t.false((await told(speaker, '{..args}')).includes('--log-level'))

    // A definition of an older release, and what controllers write.
    await kubectl('patch', virtualIps, '--type=merge', '--patch={"spec":{"names":{"shortNames":null}}}')
    const trust = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: authority }]
    await kubectl('patch', webhooks, '--type=json', `--patch=${JSON.stringify(trust)}`)
    await release('upgrade', 'fairlead', chart, '--set=logLevel=debug')
    t.true((await told(speaker, '{..args}')).includes('--log-level=debug'))
    t.is(await told(virtualIps, '{.spec.names.shortNames[0]}'), 'vip')
    t.is(await told(webhooks, '{.webhooks[0].clientConfig.caBundle}'), authority)

    await release('uninstall', 'fairlead')
    const left = await kubectl('get', 'daemonset,deployment,service,crd', '--all-namespaces', '--output=name')
    const definitions = Object.values(objects(await kustomize('crd')))
    t.deepEqual(
      left.trim().split('\n').toSorted(),
      [
        ...definitions.map(({ metadata }) => `customresourcedefinition.apiextensions.k8s.io/${metadata.name}`),
        'service/kubernetes',
      ].toSorted(),
    )
  },
)
