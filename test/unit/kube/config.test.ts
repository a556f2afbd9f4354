import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import test from 'ava'
import { RequestContext } from '../../../src/kube/clientnode.ts'
import { KubeConfigError, loadKubeConfig, PooledKubeConfig } from '../../../src/kube/config.ts'

const directory = mkdtempSync(join(tmpdir(), 'fairlead-config-'))
test.after.always(() => rmSync(directory, { recursive: true }))

let count = 0
function file(content: unknown): string {
  const path = join(directory, `kubeconfig-${count++}`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const kubeconfig = ({ cluster = {}, user = { token: 'secret' }, ...more }: Record<string, unknown> = {}) => ({
  clusters: [{ name: 'c', cluster: { server: 'https://192.0.2.1:6443', ...(cluster as object) } }],
  users: [{ name: 'u', user }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'x',
  ...more,
})

for (const [what, content, says] of [
  ['is empty', '', /./],
  ['is no YAML', '{{', /./],
  ['is no mapping', 'hello', /./],
  ['names no current context', kubeconfig({ 'current-context': undefined }), /no context ""/],
  ['names a context that is not there', kubeconfig({ 'current-context': 'y' }), /no context "y"/],
  ['names a cluster that is not there', kubeconfig({ clusters: [] }), /no cluster "c"/],
  ['names a user that is not there', kubeconfig({ users: [] }), /no user "u"/],
  ['has a server that is no URL', kubeconfig({ cluster: { server: 'somewhere' } }), /"somewhere" is not a URL/],
  ['would send a token in the clear', kubeconfig({ cluster: { server: 'http://192.0.2.1' } }), /HTTP/],
  [
    'names an authority that is not there',
    kubeconfig({ cluster: { 'certificate-authority': '/no/ca.crt' } }),
    /\/no\/ca.crt/,
  ],
  ['names a key that is not there', kubeconfig({ user: { 'client-key': '/no/tls.key' } }), /\/no\/tls.key/],
] as const) {
  test(`a kubeconfig that ${what} is refused; the error names the file and what is wrong`, t => {
    const path = file(content)
    const error = t.throws(() => loadKubeConfig(path, {}), { instanceOf: KubeConfigError })
    t.true(error?.message.includes(path), error?.message)
    t.regex(error?.message ?? '', says)
    t.false(error?.message.includes('\n'), error?.message)
    t.false(error?.message.includes('undefined'), error?.message)
  })
}

test('a kubeconfig that is not there is refused by name', t => {
  const path = join(directory, 'missing')
  t.regex(t.throws(() => loadKubeConfig(path, {}))?.message ?? '', new RegExp(`${path}.*ENOENT`))
})

test('without a kubeconfig and outside of a Pod the error says what to do', t => {
  t.throws(() => loadKubeConfig(undefined, {}), { instanceOf: KubeConfigError, message: /KUBECONFIG/ })
})

test('a path goes before KUBECONFIG, whose files are merged, the first one saying the context', t => {
  const first = file(kubeconfig({ users: [] }))
  const second = file({ users: kubeconfig().users, 'current-context': 'other' })
  t.is(loadKubeConfig(undefined, { KUBECONFIG: [first, second].join(delimiter) }).getCurrentUser()?.token, 'secret')
  const path = file(kubeconfig({ user: { token: 'by path' } }))
  t.is(loadKubeConfig(path, { KUBECONFIG: first }).getCurrentUser()?.token, 'by path')
})

async function authenticated(config: PooledKubeConfig) {
  const context = new RequestContext('https://192.0.2.1:6443/api', 'GET')
  await config.applySecurityAuthentication(context)
  return { headers: context.getHeaders(), dispatcher: context.getDispatcher() }
}

test('requests share their connections, and each has its credentials', async t => {
  const config = loadKubeConfig(file(kubeconfig()), {})
  const one = await authenticated(config)
  const other = await authenticated(config)
  t.is(one.dispatcher, other.dispatcher)
  t.is(one.headers['Authorization'], 'Bearer secret')
  t.is(other.headers['Authorization'], 'Bearer secret')
})

test('basic authentication is sent as RFC 7617 says', async t => {
  const { headers } = await authenticated(
    loadKubeConfig(file(kubeconfig({ user: { username: 'me', password: 'pw' } })), {}),
  )
  t.is(headers['Authorization'], 'Basic bWU6cHc=')
})

test('a certificate that was rotated leads to new connections', async t => {
  const authority = file('one')
  const config = loadKubeConfig(file(kubeconfig({ cluster: { 'certificate-authority': authority } })), {})
  const before = await authenticated(config)
  writeFileSync(authority, 'two')
  const after = await authenticated(config)
  t.not(before.dispatcher, after.dispatcher)
  t.is((await authenticated(config)).dispatcher, after.dispatcher)
})

test('a token that its kubelet has replaced is used within a minute, however long that is by the wall clock', async t => {
  const tokenFile = file('first')
  let now = 0
  const config = new PooledKubeConfig(() => now)
  config.loadFromOptions({
    clusters: [{ name: 'c', server: 'https://192.0.2.1:6443', skipTLSVerify: false }],
    users: [{ name: 'u', authProvider: { name: 'tokenFile', config: { tokenFile } } }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  })
  const sent = async () => (await authenticated(config)).headers['Authorization']
  t.is(await sent(), 'Bearer first')
  writeFileSync(tokenFile, 'second')
  now = 59_999
  t.is(await sent(), 'Bearer first')
  now = 60_000
  t.is(await sent(), 'Bearer second')
})
