/** What runs in the lab's pods: says which node it is on and whom it sees, over TCP and UDP. usage: pod-server.ts NODE PORT */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:http'

const [node, port] = process.argv.slice(2)

const answer = (address: string | undefined) =>
  `${JSON.stringify({ node, client: address?.replace(/^::ffff:/, '') })}\n`

createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(answer(request.socket.remoteAddress))
}).listen(Number(port), '::')

const udp = createSocket('udp6')
udp.on('message', (_, { address, port: from }) => udp.send(answer(address), from, address))
udp.bind(Number(port))
