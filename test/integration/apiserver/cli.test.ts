/** The command `fairlead`, as people and shells run it, on a real API server. */
import { spawn } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { binary } from '../../../hack/binaries.ts'
import type { Identity } from '../../../hack/lab/identities.ts'
import { apiVersion } from '../../../src/api/names.ts'
import { explanation } from '../../../src/cli/explain/shape.ts'
import { vip } from '../../../src/cli/list/shapes.ts'
import type { Draft } from '../../../src/kube/client.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { eips, services, virtualIPs } from '../../../src/kube/resources.ts'
import { type Context, testWithApiServer } from './support.ts'

const test = testWithApiServer(prepare)
const source = (path: string) => fileURLToPath(new URL(`../../../src/${path}`, import.meta.url))

const service = (name: string): Draft<Service> => ({
  metadata: { namespace: 'default', name },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ipFamilies: ['IPv4'] },
})

/** An installation without a controller, and the command on the PATH. */
async function prepare(context: Context): Promise<void> {
  const { client, directory, controlPlane } = context
  const path = join(directory, 'bin')
  await mkdir(path)
  for (const name of ['fairlead', 'kubectl-fairlead']) await symlink(source('cli.ts'), join(path, name))
  const complete = 'kubectl_complete-fairlead'
  await symlink(source(`cli/completion/${complete}`), join(path, complete))
  await client.create(eips, { apiVersion, kind: 'Eip', metadata: { name: 'pool' }, spec: { address: '10.66.0.0/30' } })
  await client.create(services, service('api'))
  const { metadata } = await client.create(services, { ...service('web') })
  const refs = [{ namespace: 'default', name: 'web', uid: metadata.uid }]
  const spec = { address: '10.66.0.0', eip: 'pool', protocol: 'bgp' as const, services: refs }
  await client.create(virtualIPs, { apiVersion, kind: 'VirtualIP', metadata: { name: '10.66.0.0' }, spec })
  const bind = ['create', 'clusterrolebinding', 'viewer', '--clusterrole=fairlead-viewer', '--user=viewer']
  await start(context, [binary('kubectl'), `--kubeconfig=${controlPlane.kubeconfigs.admin}`, ...bind]).ended
}

/** Runs a command with our own first on its PATH. */
function start({ directory, controlPlane }: Context, argv: readonly string[], who: Identity | '' = '') {
  const [command = '', ...args] = argv
  const path = [join(directory, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter)
  const env = { PATH: path, HOME: directory, ...(who !== '' && { KUBECONFIG: controlPlane.kubeconfigs[who] }) }
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>(resolve => child.on('close', resolve)),
  ]).then(([stdout, stderr, code]) => ({ stdout, stderr, code }))
  return { child, ended }
}

const fairlead = (context: Context, who: Identity | '', ...args: readonly string[]) =>
  start(context, ['fairlead', ...args], who).ended

test('38: with the role fairlead-viewer every command tells; without it one line names what is not allowed', async t => {
  for (const args of [['vips'], ['pools', '-o', 'wide'], ['explain', 'default/web']]) {
    const { code, stdout, stderr } = await fairlead(t.context, 'viewer', ...args)
    t.deepEqual([code, stderr], [0, ''], args.join(' '))
    t.regex(stdout, /10\.66\.0\.0|pool/)
  }
  t.deepEqual(await fairlead(t.context, 'viewer', 'peers'), {
    code: 0,
    stdout: '',
    stderr: 'fairlead: there are no peers\n',
  })
  const { code, stdout, stderr } = await fairlead(t.context, 'stranger', 'pools')
  t.deepEqual([code, stdout], [1, ''])
  t.regex(stderr, /^fairlead: .*User "stranger" cannot list resource "\w+" in API group "network\.kubesphere\.io".*\n$/)
})

test('a command line that is wrong ends with 2, what cannot be told with 1, in a line', async t => {
  const failing = async (who: Identity | '', args: readonly string[], expected: number, line: RegExp) => {
    const { code, stdout, stderr } = await fairlead(t.context, who, ...args)
    t.deepEqual([code, stdout], [expected, ''], stderr)
    t.regex(stderr, line)
  }
  await failing('admin', ['vips', '-o', 'yaml'], 2, /'yaml' is invalid.*json, wide/)
  await failing('admin', ['nonsense'], 2, /unknown command/)
  await failing('admin', ['explain', 'nix'], 1, /^fairlead: there is no Service default\/nix\n$/)
  await failing('admin', ['vips', '--context', 'nix'], 1, /^fairlead: kubeconfig .*there is no context "nix".*\n$/)
  await failing('', ['vips'], 1, /^fairlead: no API server: .*\n$/)
  await failing('', ['vips', '--kubeconfig', '/dev/null'], 1, /^fairlead: kubeconfig \/dev\/null.*\n$/)
})

test('13: as kubectl fairlead, by --kubeconfig, and a Service by its name alone: JSON in the shape that is documented', async t => {
  const { controlPlane } = t.context
  const args = ['fairlead', 'explain', 'web', '-o', 'json', '--kubeconfig', controlPlane.kubeconfigs.admin]
  const { code, stdout, stderr } = await start(t.context, [binary('kubectl'), ...args]).ended
  t.is(code, 0, stderr)
  const told = explanation.parse(JSON.parse(stdout))
  t.is(told.addresses[0]?.address, '10.66.0.0')
  t.is(told.addresses[0]?.reason, 'BgpNotConfigured')
  t.true(told.pending.some(({ what }) => what === 'status.loadBalancer.ingress'))
})

test('13: --watch tells what comes and goes, until it is interrupted, and ends with 0', async t => {
  const { client } = t.context
  const { child, ended } = start(t.context, ['fairlead', 'vips', '--watch', '-o', 'json', '-n', 'watched'], 'viewer')
  const seen: string[] = []
  const lines = (count: number) =>
    new Promise<void>(resolve => {
      const look = () => (seen.length >= count ? resolve() : setTimeout(look, 20))
      look()
    })
  child.stdout.on('data', (chunk: Buffer) => seen.push(...chunk.toString().trim().split('\n')))
  const reserved = { namespace: 'watched', name: 'web' }
  const spec = { address: '10.66.0.3', eip: 'pool', protocol: 'bgp' as const, services: [], reserved }
  await client.create(virtualIPs, { apiVersion, kind: 'VirtualIP', metadata: { name: '10.66.0.3' }, spec })
  await lines(1)
  await client.delete(virtualIPs, { name: '10.66.0.3' })
  await lines(2)
  child.kill('SIGINT')
  const { code, stderr } = await ended
  t.deepEqual([code, stderr], [0, ''])
  const changes = seen.map(line => JSON.parse(line) as { type: string; object: unknown })
  t.deepEqual(
    changes.map(({ type }) => type),
    ['ADDED', 'DELETED'],
  )
  for (const { object } of changes) t.is(vip.parse(object).address, '10.66.0.3')
})

test('a pipe that is closed early is no failure', async t => {
  const { code, stderr } = await start(t.context, ['bash', '-c', 'set -o pipefail; fairlead vips | true'], 'admin')
    .ended
  t.deepEqual([code, stderr], [0, ''])
})

/** What bash offers when the words of each line are typed and the last one, which ends with `|`, is being completed. */
async function bashOffers(context: Context, ...lines: readonly string[]): Promise<readonly string[]> {
  // To have it twice, as a shell does that reads its profile again, does no harm.
  const script = `
    completion=$(fairlead completion bash); eval "$completion"; eval "$completion"
    for line; do
      read -r -a COMP_WORDS <<<"\${line%|}"
      case "$line" in *' |') COMP_WORDS+=('') ;; esac
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMPREPLY=()
      $(complete -p "\${COMP_WORDS[0]}" | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
      echo "\${COMPREPLY[@]}"
    done`
  const { stdout, stderr } = await start(context, ['bash', '-c', script, 'bash', ...lines], 'admin').ended
  if (stderr !== '') throw new Error(stderr)
  return stdout.trimEnd().split('\n')
}

test('bash completes commands, options and the Services of the cluster', async t => {
  const offers = {
    'fairlead p|': 'pools peers',
    'fairlead explain |': 'default/api default/web',
    'kubectl-fairlead explain -n default w|': 'web',
    'fairlead vips --output = j|': 'json',
    'fairlead vips --context |': 'lab',
  }
  t.deepEqual(await bashOffers(t.context, ...Object.keys(offers)), Object.values(offers))
})

test('kubectl completes kubectl fairlead', async t => {
  const { stdout } = await start(
    t.context,
    [binary('kubectl'), '__complete', 'fairlead', 'explain', 'default/a'],
    'admin',
  ).ended
  t.is(stdout, 'default/api\n:4\n')
})
