/** System calls for which Node has nothing. All return at once, but for `poll`, and are for a thread that may block. */
import { constants } from 'node:os'
import { getSystemErrorName } from 'node:util'
import koffi from 'koffi'

// What this process is linked with, whichever C library that is. koffi has no ssize_t; intptr_t is as wide.
const libc = koffi.load(null)

export const socket = libc.func('int socket(int domain, int type, int protocol)')
export const setsockopt = libc.func('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)')
const getsockopt = libc.func('int getsockopt(int fd, int level, int name, void *value, void *length)')
export const bind = libc.func('int bind(int fd, const void *address, uint32_t length)')
export const poll = libc.func('int poll(void *fds, unsigned long count, int milliseconds)')
export const recv = libc.func('intptr_t recv(int fd, void *buffer, size_t length, int flags)')
export const send = libc.func('intptr_t send(int fd, const void *buffer, size_t length, int flags)')
export const recvmmsg = libc.func('int recvmmsg(int fd, void *messages, unsigned int count, int flags, void *timeout)')
export const sendmmsg = libc.func('int sendmmsg(int fd, void *messages, unsigned int count, int flags)')
export const eventfd = libc.func('int eventfd(unsigned int value, int flags)')
export const read = libc.func('intptr_t read(int fd, void *buffer, size_t length)')
export const schedSetscheduler = libc.func('int sched_setscheduler(int pid, int policy, const void *parameters)')
export const close = libc.func('int close(int fd)')

export const SOL_SOCKET = 1
const SO_RCVBUF = 8
const SO_RCVBUFFORCE = 33
export const SOCK_RAW = 3
export const MSG_DONTWAIT = 0x40
export const SOCK_CLOEXEC = 0o2000000

/** A system call failed in a way that is not expected of it. */
export class SystemError extends Error {
  override readonly name = 'SystemError'
  /** The name of the error number: `EPERM`. */
  readonly code: string
  constructor(call: string, errno: number) {
    const code = getSystemErrorName(-errno)
    super(`${call}: ${code}`)
    this.code = code
  }
}

/** The error number of the call that has just failed. */
export const errno = (): number => koffi.errno()

/** @returns the result of a call that returns less than 0 if it fails. @throws SystemError then */
export function check(call: string, result: number): number {
  if (result < 0) throw new SystemError(call, errno())
  return result
}

/** @returns undefined if the call failed with one of these. @throws SystemError if it failed otherwise */
export function unless(names: readonly (keyof typeof constants.errno)[], call: string, result: number) {
  if (result >= 0) return result
  const number = errno()
  if (names.some(name => constants.errno[name] === number)) return undefined
  throw new SystemError(call, number)
}

/**
 * Gives a socket room for so many bytes. More than the system's limit (rmem_max) takes CAP_NET_ADMIN.
 *
 * @returns false if it has less room
 * @throws SystemError
 */
export function setReceiveBuffer(fd: number, bytes: number): boolean {
  const size = new Uint32Array([bytes])
  const set = (option: number) => setsockopt(fd, SOL_SOCKET, option, size, size.byteLength)
  if (unless(['EPERM'], 'SO_RCVBUFFORCE', set(SO_RCVBUFFORCE)) !== undefined) return true
  check('SO_RCVBUF', set(SO_RCVBUF))
  check('SO_RCVBUF', getsockopt(fd, SOL_SOCKET, SO_RCVBUF, size, new Uint32Array([size.byteLength])))
  // The kernel doubles what it is asked for (socket(7)).
  return (size[0] ?? 0) >= 2 * bytes
}

/** Where a buffer's bytes are, for structures that hold pointers. It has to outlive them. */
export const addressOf = (bytes: Uint8Array): bigint => koffi.address(bytes)
