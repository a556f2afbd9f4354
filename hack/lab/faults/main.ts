/** The process of a faulty proxy. usage: main.ts ADDRESS PORT UPSTREAM-PORT CERTIFICATES CONTROL-SOCKET */
import { join } from 'node:path'
import { serveControl } from './control.ts'
import { FaultyProxy } from './proxy.ts'

const [host = '', port, upstreamPort, certificates = '', socket = ''] = process.argv.slice(2)
const proxy = new FaultyProxy({
  host,
  port: Number(port),
  upstreamPort: Number(upstreamPort),
  certificate: join(certificates, 'apiserver.crt'),
  key: join(certificates, 'apiserver.key'),
})
await proxy.listen()
serveControl(proxy, socket)
