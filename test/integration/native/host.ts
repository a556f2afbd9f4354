/**
 * Runs in a network namespace, as a node would: `host.ts INTERFACE ARP-ADDRESS GROUP`. Answers ARP from a worker, joins an
 * IPv6 multicast group through raw-socket, and says so line by line, until it is killed.
 */
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { Worker } from 'node:worker_threads'
import { parseIp } from 'ip-bigint'
import raw from 'raw-socket'

const IPPROTO_IPV6 = 41
const IPV6_JOIN_GROUP = 20

const [device = '', address = '', group = ''] = process.argv.slice(2)
const index = Number(readFileSync(`/sys/class/net/${device}/ifindex`, 'utf8'))
const mac = Buffer.from((networkInterfaces()[device]?.[0]?.mac ?? '').replaceAll(':', ''), 'hex')

const worker = new Worker(new URL('responder.ts', import.meta.url), {
  workerData: { index, mac, address: Uint8Array.from(address.split('.').map(Number)) },
})
worker.once('message', (line: string) => console.log(line))

const membership = Buffer.alloc(20)
membership.write(parseIp(group).number.toString(16).padStart(32, '0'), 0, 'hex')
membership.writeUInt32LE(index, 16)
const socket = raw.createSocket({ protocol: raw.Protocol.ICMPv6, addressFamily: raw.AddressFamily.IPv6 })
socket.setOption(IPPROTO_IPV6, IPV6_JOIN_GROUP, membership, membership.length)
console.log('joined')
