/**
 * A worker thread that answers ARP for one address that no interface has: AF_PACKET through koffi, a kernel filter, a
 * blocking poll. Just enough to know that this works on this Node; the parent tells what for and is told when it listens.
 */
import { parentPort, workerData } from 'node:worker_threads'
import koffi from 'koffi'

const { index, mac, address } = workerData as { index: number; mac: Uint8Array; address: Uint8Array }

const AF_PACKET = 17
const SOCK_RAW = 3
const SOL_SOCKET = 1
const SO_ATTACH_FILTER = 26
const ETH_P_ALL = 3
const POLLIN = 1

const libc = koffi.load('libc.so.6')
const socket = libc.func('int socket(int domain, int type, int protocol)')
const bind = libc.func('int bind(int fd, const void *address, uint32_t length)')
const setsockopt = libc.func('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)')
const poll = libc.func('int poll(_Inout_ uint8_t *fds, unsigned long count, int timeout)')
const recv = libc.func('intptr_t recv(int fd, _Out_ uint8_t *buffer, size_t length, int flags)')
const send = libc.func('intptr_t send(int fd, const void *buffer, size_t length, int flags)')

/** ARP requests only: classic BPF, on the Ethernet type at 12 and the ARP operation at 20. */
const filter = [
  [0x28, 0, 0, 12],
  [0x15, 0, 3, 0x0806],
  [0x28, 0, 0, 20],
  [0x15, 0, 1, 1],
  [0x06, 0, 0, 0xffff],
  [0x06, 0, 0, 0],
] as const

function check(what: string, result: number): number {
  if (result < 0) throw new Error(`${what}: errno ${koffi.errno()}`)
  return result
}

function sockaddr(protocol: number): Buffer {
  const bytes = Buffer.alloc(20)
  bytes.writeUInt16LE(AF_PACKET, 0)
  bytes.writeUInt16BE(protocol, 2)
  bytes.writeInt32LE(index, 4)
  return bytes
}

const fd = check('socket', socket(AF_PACKET, SOCK_RAW, 0))
const program = Buffer.alloc(filter.length * 8)
filter.forEach(([code, jumpTrue, jumpFalse, k], i) => {
  program.writeUInt16LE(code, i * 8)
  program.writeUInt8(jumpTrue, i * 8 + 2)
  program.writeUInt8(jumpFalse, i * 8 + 3)
  program.writeUInt32LE(k, i * 8 + 4)
})
const fprog = Buffer.alloc(16)
fprog.writeUInt16LE(filter.length, 0)
fprog.writeBigUInt64LE(koffi.address(program), 8)
check('SO_ATTACH_FILTER', setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, fprog, fprog.length))
// The filter is there before the first frame can be.
check('bind', bind(fd, sockaddr(ETH_P_ALL), 20))
parentPort?.postMessage('listening')

const frame = Buffer.alloc(2048)
const fds = Buffer.alloc(8)
fds.writeInt32LE(fd, 0)
fds.writeInt16LE(POLLIN, 4)
for (;;) {
  if (check('poll', poll(fds, 1, 50)) === 0) continue
  const length = check('recv', recv(fd, frame, frame.length, 0))
  if (length < 42 || !frame.subarray(38, 42).equals(address)) continue
  frame.copyWithin(0, 6, 12)
  frame.set(mac, 6)
  frame.writeUInt16BE(2, 20)
  frame.copyWithin(32, 22, 32)
  frame.set(mac, 22)
  frame.set(address, 28)
  check('send', send(fd, frame, 42, 0))
}
