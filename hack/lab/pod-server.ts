/** What runs in the lab's pods: says which node it is on and whom it sees. usage: pod-server.ts NODE PORT */
import { createServer } from 'node:http'

const [node, port] = process.argv.slice(2)

createServer((request, response) => {
  const client = request.socket.remoteAddress?.replace(/^::ffff:/, '')
  response.setHeader('content-type', 'application/json')
  response.end(`${JSON.stringify({ node, client })}\n`)
}).listen(Number(port), '::')
