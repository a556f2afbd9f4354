/** A gobgpd of which something is missing: a real one, behind a proxy that answers some calls as a server that does not know them. */
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { type ClientHttp2Session, connect, createServer, type ServerHttp2Stream } from 'node:http2'
import { createConnection } from 'node:net'

/** gRPC's status UNIMPLEMENTED. */
const UNIMPLEMENTED = '12'

interface LackingProxy {
  /** Names of the calls that have come, known or not. */
  readonly called: ReadonlySet<string>
  /** What is missing from now on; `everything`: it has no such service at all, as a GoBGP before 4.0. */
  lack(what: string): void
  close(): Promise<void>
}

/**
 * @param socket where it is served
 * @param behind the socket of the gobgpd
 */
export async function lackingProxy(socket: string, behind: string): Promise<LackingProxy> {
  const called = new Set<string>()
  let missing = ''
  const upstream = connect('http://gobgpd', { createConnection: () => createConnection(behind) })
  // A call that is under way is told of it as well.
  upstream.on('error', () => {})
  const server = createServer()
  server.on('stream', (stream, headers) => {
    const [, service = '', call = ''] = (headers[':path'] ?? '').split('/')
    called.add(call)
    const why =
      missing === 'everything' ? `unknown service ${service}` : `unknown method ${call} for service ${service}`
    if (missing !== 'everything' && missing !== call) return pass(stream, upstream, headers)
    const refusal = { 'content-type': 'application/grpc', 'grpc-status': UNIMPLEMENTED, 'grpc-message': why }
    return stream.respond({ ':status': 200, ...refusal }, { endStream: true })
  })
  const sessions = new Set<{ destroy(): void }>()
  server.on('session', session => sessions.add(session))
  await rm(socket, { force: true })
  await once(server.listen(socket), 'listening')
  return {
    called,
    lack: what => {
      missing = what
      // Whoever is connected meets another gobgpd, as after an upgrade.
      for (const session of sessions) session.destroy()
      sessions.clear()
    },
    close: async () => {
      for (const session of sessions) session.destroy()
      upstream.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function pass(stream: ServerHttp2Stream, upstream: ClientHttp2Session, headers: object): void {
  const { ':path': path, ':method': method, ...rest } = headers as Record<string, string>
  const request = upstream.request({
    ':path': path,
    ':method': method,
    'content-type': rest['content-type'],
    te: 'trailers',
  })
  let trailers = {}
  request.on('response', (response, flags) => {
    const isWhole = (flags & 1) === 1
    stream.respond(response, { endStream: isWhole, waitForTrailers: !isWhole })
  })
  request.on('trailers', found => {
    trailers = found
  })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  stream.on('close', () => request.close())
  for (const end of [stream, request]) end.on('error', () => stream.destroy())
  stream.pipe(request)
  request.pipe(stream)
}
