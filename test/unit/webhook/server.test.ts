import { once } from 'node:events'
import { Agent, request } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import test from 'ava'
import { type Observable, ReplaySubject } from 'rxjs'
import { issue } from '../../../src/webhook/certificates/issue.ts'
import type { Issued, Pair } from '../../../src/webhook/certificates/keys.ts'
import { type ServerOptions, serve } from '../../../src/webhook/server.ts'

const host = '127.0.0.1'

/** A server until the end of a test; `certificates` may be given more. */
async function running(t: { teardown: (end: () => void) => void }, answer: ServerOptions['answer'] = async () => '{}') {
  const certificates = new ReplaySubject<Pair>()
  const first = await issue([host], new Date())
  certificates.next(first)
  const reported: unknown[] = []
  const options = { listen: { host, port: 0 }, certificates, answer, report: (error: unknown) => reported.push(error) }
  const { port, stop } = await listening(serve(options))
  t.teardown(stop)
  return { port, stop, first, certificates, reported }
}

const listening = (server: Observable<{ readonly port: number }>) =>
  new Promise<{ port: number; stop: () => void }>((resolve, reject) => {
    const subscription = server.subscribe({
      next: ({ port }) => resolve({ port, stop: () => subscription.unsubscribe() }),
      error: reject,
    })
  })

/** Resolves to the status, and the body if there is one. */
function ask(
  port: number,
  { authority }: Issued,
  { path = '/validate', method = 'POST', body = '{}', agent = new Agent() } = {},
): Promise<readonly [status: number | undefined, body: string]> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path, method, agent, ca: authority }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve([response.statusCode, text]))
    })
    asked.on('error', reject)
    asked.end(method === 'POST' ? body : undefined)
  })
}

const socket = async (port: number, ca: string): Promise<TLSSocket> => {
  const made = connect({ host, port, ca })
  await once(made, 'secureConnect')
  return made
}

test('a review is answered', async t => {
  const { port, first } = await running(t, async body => `got ${body}`)
  t.deepEqual(await ask(port, first, { path: '/validate?timeout=5s', body: '{"a":1}' }), [200, 'got {"a":1}'])
})

test('36: what is no review is refused, and the server serves on', async t => {
  const { port, first, reported } = await running(t, async body => (body === 'review' ? '{}' : undefined))
  t.is((await ask(port, first, { path: '/' }))[0], 404)
  t.is((await ask(port, first, { method: 'GET' }))[0], 405)
  t.is((await ask(port, first, { body: 'nonsense' }))[0], 400)
  const huge = await ask(port, first, { body: 'x'.repeat(9 << 20) }).catch((error: NodeJS.ErrnoException) => [
    error.code,
  ])
  t.true([413, 'ECONNRESET', 'EPIPE'].includes(huge[0] as never), String(huge[0]))
  const plain = connectPlain({ host, port })
  plain.on('error', () => undefined).resume()
  plain.end('GET / HTTP/1.1\r\n\r\n')
  await once(plain, 'close')
  const crooked = await socket(port, first.authority)
  crooked.on('error', () => undefined).resume()
  crooked.write('POST /validate HTTP/1.1\r\nContent-Length: -1\r\n\r\n\0\0')
  await once(crooked, 'close')
  t.is((await ask(port, first, { body: 'review' }))[0], 200)
  t.deepEqual(reported, [])
})

test('36: a review that makes us fail is answered as a failure, and told', async t => {
  const failure = new Error('a bug')
  const { port, first, reported } = await running(t, () => Promise.reject(failure))
  t.is((await ask(port, first))[0], 500)
  t.deepEqual(reported, [failure])
})

test('a new certificate is for those who come, and whoever is there stays', async t => {
  const { port, first, certificates } = await running(t)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  t.is((await ask(port, first, { agent }))[0], 200)
  const second = await issue([host], new Date())
  certificates.next(second)
  t.is((await ask(port, first, { agent }))[0], 200)
  t.is((await ask(port, second))[0], 200)
  await t.throwsAsync(ask(port, first), { message: /certificate/ })
})

test('whoever is being answered at the end is, and connections in reserve are closed', async t => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const { promise: asked, resolve: heard } = Promise.withResolvers<undefined>()
  const { port, first, stop } = await running(t, async () => {
    heard(undefined)
    await promise
    return '"late"'
  })
  const reserve = await socket(port, first.authority)
  const late = ask(port, first)
  await asked
  stop()
  resolve(undefined)
  t.deepEqual(await late, [200, '"late"'])
  reserve.resume()
  if (!reserve.closed) await once(reserve, 'close')
  await t.throwsAsync(ask(port, first), { code: 'ECONNREFUSED' })
})

test('a port that is taken is told', async t => {
  const { port, certificates } = await running(t)
  const options = { listen: { host, port }, certificates, answer: async () => undefined, report: () => undefined }
  await t.throwsAsync(listening(serve(options)), { code: 'EADDRINUSE' })
})
