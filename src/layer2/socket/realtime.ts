import { readFileSync } from 'node:fs'
import { check, schedSetscheduler } from './libc.ts'

/** Of threads of equal priority each has its turn; nothing that is started by this one is like it (sched(7)). */
const SCHED_RR = 2
const SCHED_RESET_ON_FORK = 0x4000_0000
/** struct sched_param: the lowest priority there is, which comes before every thread that has none. */
const parameters = new Int32Array([1])

/**
 * Lets this thread run as soon as it has something to do, whatever else the processors are busy with. The kernel leaves a
 * twentieth of the time to others (sched_rt_runtime_us).
 *
 * @throws SystemError, `EPERM` without CAP_SYS_NICE, or where the cgroup has no share of such time
 */
export const becomeRealTime = (): number =>
  check('sched_setscheduler', schedSetscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, parameters))

/** <linux/capability.h> */
const CAP_SYS_NICE = 23n

/** Whether this thread has the capability for it: two refusals have one error number. */
export function mayBeRealTime(): boolean {
  // proc_pid_status(5)
  const [, effective = '0'] = /^CapEff:\s*(\S+)$/m.exec(readFileSync('/proc/thread-self/status', 'utf8')) ?? []
  return (BigInt(`0x${effective}`) & (1n << CAP_SYS_NICE)) !== 0n
}
