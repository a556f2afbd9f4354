import { writeSync } from 'node:fs'
import { check, close, eventfd, read, SOCK_CLOEXEC, unless } from './libc.ts'

const EFD_NONBLOCK = 0o4000

/** What one thread wakes another with that blocks in `poll` (eventfd(2)). */
export interface Bell {
  readonly fd: number
}

export function openBell(): Bell {
  return { fd: check('eventfd', eventfd(0, EFD_NONBLOCK | SOCK_CLOEXEC)) }
}

const one = Buffer.from(new BigUint64Array([1n]).buffer)

/** Makes the descriptor readable. */
export function ring({ fd }: Bell): void {
  writeSync(fd, one)
}

/** Makes it unreadable again. */
export function hush({ fd }: Bell): void {
  unless(['EAGAIN'], 'read', read(fd, Buffer.alloc(8), 8))
}

export function closeBell({ fd }: Bell): void {
  close(fd)
}
