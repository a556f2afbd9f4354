/** What a process uses, as the kernel says; of its heap, as V8 says. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exec } from '../../lab/exec.ts'
import type { ProcessRecord } from '../../lab/processes.ts'

/** Milliseconds on a CPU so far, of all threads (`/proc/PID/task/TID/schedstat` counts nanoseconds, `stat` only ticks). */
export function cpuTime({ pid }: Pick<ProcessRecord, 'pid'>): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = threads.map(thread =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6
}

/** MiB of memory that is resident, now and at most so far. */
export function memory({ pid }: ProcessRecord): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
  return { now: field('VmRSS'), most: field('VmHWM') }
}

/** MiB of V8's heap that are in use after a garbage collection. Of a process that is alone in its network namespace with V8's inspector. */
export async function heap({ pid }: ProcessRecord, namespace: string): Promise<number> {
  // Node starts its inspector on this signal.
  process.kill(pid, 'SIGUSR1')
  const bytes = await exec([process.execPath, join(import.meta.dirname, 'heap.ts')], { namespace })
  return Number(bytes) / 2 ** 20
}
