/** Asks a pod's server over UDP and prints its answer; fails after a second without one. usage: udp-client.ts ADDRESS PORT */
import { createSocket } from 'node:dgram'

const [address = '', port] = process.argv.slice(2)

const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
socket.on('message', message => {
  process.stdout.write(message)
  process.exit()
})
socket.send('?', Number(port), address)
setTimeout(() => process.exit(1), 1_000)
