import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import test, { type ExecutionContext } from 'ava'
import { lastValueFrom, toArray } from 'rxjs'
import { loadKubeConfig } from '../../../src/kube/config.ts'
import { ApiError } from '../../../src/kube/errors.ts'
import { createClient } from '../../../src/kube/httpclient.ts'
import type { ApiRequested } from '../../../src/kube/requested.ts'
import { leases, nodes, services } from '../../../src/kube/resources.ts'

interface Seen {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly type: string | undefined
  readonly body: unknown
}

type Answer = (response: ServerResponse, seen: Seen, count: number) => void

/** A client of an API server that answers as the test says. */
async function against(t: ExecutionContext, answer: Answer, deadline = 5_000) {
  const seen: Seen[] = []
  const sockets = new Set<unknown>()
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    sockets.add(request.socket)
    const url = new URL(request.url ?? '', 'http://server')
    const body = await text(request)
    const one = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      type: request.headers['content-type'],
      body: body === '' ? undefined : JSON.parse(body),
    }
    seen.push(one)
    answer(response, one, seen.length)
  }
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-client-'))
  const path = join(directory, 'kubeconfig')
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}/`, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  )
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
    rmSync(directory, { recursive: true })
  })
  const requests: string[] = []
  const requested = ({ verb, kind, code, milliseconds }: ApiRequested) =>
    requests.push(`${verb} ${kind} ${code}${milliseconds > 0 ? '' : ' in no time'}`)
  const client = createClient(loadKubeConfig(path, {}), { deadline, requested })
  return { client, seen, sockets, server, requests }
}

const json =
  (body: unknown, status = 200): Answer =>
  response =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const object = { metadata: { name: 'web', resourceVersion: '1' }, spec: { type: 'LoadBalancer' } }
const web = { namespace: 'default', name: 'web' }

test('each kind of write is the request that the API documents', async t => {
  const { client, seen } = await against(t, json(object))
  await client.create(leases, { metadata: web, spec: {} }, { fieldManager: 'm' })
  await client.update(leases, { metadata: { ...web, resourceVersion: '1' }, spec: {} })
  await client.apply(
    services,
    web,
    { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
    { subresource: 'status', fieldManager: 'm' },
  )
  await client.mergePatch(nodes, { name: 'n1' }, { metadata: { labels: { a: 'b' } } })
  await client.delete(services, web, { uid: 'u1' })
  const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
  const type = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }
  t.deepEqual(seen, [
    {
      method: 'POST',
      path,
      query: { fieldManager: 'm' },
      type: 'application/json',
      body: { ...type, metadata: web, spec: {} },
    },
    {
      method: 'PUT',
      path: `${path}/web`,
      query: {},
      type: 'application/json',
      body: { ...type, metadata: { ...web, resourceVersion: '1' }, spec: {} },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/default/services/web/status',
      query: { fieldManager: 'm', force: 'true' },
      type: 'application/apply-patch+yaml',
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: web,
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
      },
    },
    {
      method: 'PATCH',
      path: '/api/v1/nodes/n1',
      query: {},
      type: 'application/merge-patch+json',
      body: { metadata: { labels: { a: 'b' } } },
    },
    {
      method: 'DELETE',
      path: '/api/v1/namespaces/default/services/web',
      query: {},
      type: 'application/json',
      body: { preconditions: { uid: 'u1' } },
    },
  ])
})

test('a list is read page by page to its end', async t => {
  const { client, seen } = await against(t, (response, one, count) =>
    json({
      metadata: { resourceVersion: '7', ...(count < 3 && { continue: `page ${count + 1}` }) },
      items: [{ metadata: { name: `n${count}` } }],
    })(response, one, count),
  )
  const list = await client.list(nodes)
  t.deepEqual(
    list.items.map(({ metadata }) => metadata.name),
    ['n1', 'n2', 'n3'],
  )
  t.is(list.resourceVersion, '7')
  t.deepEqual(
    seen.map(({ query }) => query['continue']),
    [undefined, 'page 2', 'page 3'],
  )
})

test('requests share the connections there are', async t => {
  const { client, sockets } = await against(t, json(object))
  for (let i = 0; i < 20; i += 1) await client.get(services, web)
  t.true(sockets.size <= 2, `${sockets.size} connections`)
})

for (const [what, answer, expected] of [
  [
    'a Status is told by its reason',
    json({ code: 409, reason: 'AlreadyExists', message: 'it is there' }, 409),
    { status: 409, reason: 'AlreadyExists', message: 'it is there' },
  ],
  [
    '410 is Expired, whatever its reason',
    json({ code: 410, reason: 'Gone', message: 'gone' }, 410),
    { status: 410, reason: 'Expired', message: 'gone' },
  ],
  [
    'a version the server does not know yet is Expired',
    json(
      {
        code: 504,
        reason: 'Timeout',
        message: 'Too large',
        details: { causes: [{ reason: 'ResourceVersionTooLarge' }] },
      },
      504,
    ),
    { status: 504, reason: 'Expired', message: 'Too large' },
  ],
  [
    'plain text of a proxy is the message',
    (response: ServerResponse) => void response.writeHead(502).end('bad gateway\n'),
    { status: 502, reason: 'HTTP 502', message: 'bad gateway' },
  ],
  [
    'no body at all is told by the status',
    (response: ServerResponse) => void response.writeHead(503).end(),
    { status: 503, reason: 'HTTP 503', message: 'HTTP 503' },
  ],
  [
    'how long to wait is told by the header',
    (response: ServerResponse) => void response.writeHead(429, { 'retry-after': '2' }).end('slow down'),
    { status: 429, message: 'slow down', retryAfter: 2_000 },
  ],
  [
    'how long to wait is told in the Status',
    json({ code: 504, reason: 'Timeout', message: 'slow', details: { retryAfterSeconds: 3 } }, 504),
    { status: 504, reason: 'Timeout', retryAfter: 3_000 },
  ],
  [
    'an unreasonable wait is cut',
    (response: ServerResponse) => void response.writeHead(503, { 'retry-after': '86400' }).end(),
    { status: 503, retryAfter: 30_000 },
  ],
  [
    'a date is passed over',
    (response: ServerResponse) =>
      void response.writeHead(503, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }).end(),
    { status: 503, retryAfter: 0 },
  ],
] as const) {
  test(`an error: ${what}`, async t => {
    const { client } = await against(t, answer)
    const error = await t.throwsAsync(client.get(services, web), { instanceOf: ApiError })
    t.like(error, expected)
  })
}

test('37: no answer, half an answer, a broken connection: Unreachable; no JSON: Malformed', async t => {
  const answers: [Answer, string][] = [
    [() => undefined, 'Unreachable'],
    [response => void response.writeHead(200).write('{"metadata":'), 'Unreachable'],
    [response => void response.socket?.destroy(), 'Unreachable'],
    [response => void response.writeHead(200).end('<html>'), 'Malformed'],
  ]
  for (const [answer, reason] of answers) {
    const { client } = await against(t, answer, 300)
    const error = await t.throwsAsync(client.get(services, web), { instanceOf: ApiError })
    t.is(error?.reason, reason)
  }
})

test('37: nobody listens: Unreachable, by name of what was asked', async t => {
  const { client, server } = await against(t, json(object))
  server.close()
  const error = await t.throwsAsync(client.get(services, web), { instanceOf: ApiError })
  t.is(error?.reason, 'Unreachable')
  t.regex(error?.message ?? '', /GET .*services\/web.*ECONNREFUSED/)
})

const notices =
  (...all: unknown[]): Answer =>
  response =>
    void response.writeHead(200).end(all.map(each => `${JSON.stringify(each)}\n`).join(''))
const options = { resourceVersion: '5', timeoutSeconds: 60, namespace: 'default', fieldSelector: 'metadata.name=web' }

test('a watch tells changes and bookmarks, and completes when the server ends it', async t => {
  const { client, seen } = await against(
    t,
    notices(
      { type: 'ADDED', object },
      { type: 'MODIFIED', object },
      { type: 'DELETED', object },
      { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } },
    ),
  )
  const all = await lastValueFrom(client.watch(services, options).pipe(toArray()))
  t.deepEqual(all as unknown, [
    { type: 'upsert', object },
    { type: 'upsert', object },
    { type: 'delete', object },
    { type: 'bookmark', resourceVersion: '9' },
  ])
  t.is(seen[0]?.path, '/api/v1/namespaces/default/services')
  t.deepEqual(seen[0]?.query, {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: '5',
    timeoutSeconds: '60',
    fieldSelector: 'metadata.name=web',
  })
})

test('of what is got, listed and watched only what is of use is kept', async t => {
  const wire = { kind: 'Service', ...object, metadata: { ...object.metadata, managedFields: [{ manager: 'kubectl' }] } }
  const list = { metadata: { resourceVersion: '7' }, items: [wire] }
  t.deepEqual((await (await against(t, json(wire))).client.get(services, web)) as unknown, object)
  t.deepEqual((await (await against(t, json(list))).client.list(services)).items as unknown, [object])
  const { client } = await against(t, notices({ type: 'ADDED', object: wire }))
  t.deepEqual((await lastValueFrom(client.watch(services, options))) as unknown, { type: 'upsert', object })
})

for (const [what, answer, reason] of [
  ['an ERROR notice', notices({ type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'old' } }), 'Expired'],
  ['a refusal', json({ code: 410, reason: 'Expired', message: 'old' }, 410), 'Expired'],
  [
    'what is no JSON',
    ((response: ServerResponse) => void response.writeHead(200).end('oops\n')) as Answer,
    'Malformed',
  ],
  ['an unknown kind of notice', notices({ type: 'SURPRISE', object }), 'Malformed'],
  [
    'a connection that breaks',
    ((response: ServerResponse) => {
      response.writeHead(200).write(`${JSON.stringify({ type: 'ADDED', object })}\n`)
      setTimeout(() => response.socket?.destroy(), 50)
    }) as Answer,
    'Unreachable',
  ],
  ['no answer', (() => undefined) as Answer, 'Unreachable'],
] as const) {
  test(`a watch errors with ${reason} at ${what}`, async t => {
    const { client } = await against(t, answer, 1_000)
    const error = await t.throwsAsync(lastValueFrom(client.watch(services, options).pipe(toArray())), {
      instanceOf: ApiError,
    })
    t.like(error, { reason })
  })
}

test('unsubscribing from a watch closes its connection', async t => {
  const closed = Promise.withResolvers<void>()
  const { client } = await against(t, response => {
    response.on('close', () => closed.resolve())
    response.writeHead(200).write(`${JSON.stringify({ type: 'ADDED', object })}\n`)
  })
  const subscription = client.watch(services, options).subscribe(() => subscription.unsubscribe())
  await closed.promise
  t.pass()
})

test('what becomes of each request is told', async t => {
  const answers: Answer[] = [
    json({ metadata: { resourceVersion: '5', continue: 'next' }, items: [object] }),
    json({ metadata: { resourceVersion: '5' }, items: [object] }),
    response => response.end(),
    json(object, 201),
    json({ code: 409, reason: 'Conflict' }, 409),
    response => response.destroy(),
    json(object),
    json(object),
    json(object),
  ]
  const { client, requests } = await against(t, (response, seen, count) => answers[count - 1]?.(response, seen, count))
  const part = { metadata: { labels: { a: 'b' } } }
  await client.list(services)
  await lastValueFrom(client.watch(services, { resourceVersion: '5', timeoutSeconds: 1 }).pipe(toArray()))
  await client.create(leases, { metadata: web, spec: {} })
  await t.throwsAsync(client.update(leases, { metadata: { ...web, resourceVersion: '1' }, spec: {} }))
  await t.throwsAsync(client.get(services, web))
  await client.mergePatch(nodes, { name: 'n1' }, part)
  await client.apply(services, web, {}, { fieldManager: 'm' })
  await client.delete(services, web)
  t.deepEqual(requests, [
    'list Service 200',
    'list Service 200',
    'watch Service 200',
    'create Lease 201',
    'update Lease 409',
    'get Service 0',
    'patch Node 200',
    'apply Service 200',
    'delete Service 200',
  ])
})

test('how far the API server is takes a list of one object', async t => {
  const { client, seen } = await against(
    t,
    json({ metadata: { resourceVersion: '42', continue: 'more' }, items: [object] }),
  )
  t.is(await client.version(services, { namespace: 'default', labelSelector: 'a=b' }), '42')
  t.deepEqual(
    seen.map(({ path, query }) => [path, query]),
    [['/api/v1/namespaces/default/services', { limit: '1', labelSelector: 'a=b' }]],
  )
})
