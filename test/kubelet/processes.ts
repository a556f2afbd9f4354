/** Processes in containers, as the kernel has them. */
import { readdir, readFile } from 'node:fs/promises'
import type { NodeName } from '../../hack/lab/addresses.ts'
import { cgroupOf } from '../../hack/lab/kubelet/machine.ts'
import type { Lab } from '../../hack/lab/lab.ts'

interface Process {
  /** proc_pid_status(5), by field; what is several values has one space between them. */
  readonly status: Readonly<Record<string, string>>
  /** How its root file system is mounted: options with commas between them. */
  readonly root: string
}

/** The one in a container of a node whose command line begins like this. */
export async function processOf(lab: Lab, node: NodeName, command: string): Promise<Process> {
  const cgroup = `/${cgroupOf(lab.name, node)}/kubepods`
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    // One that has ended meanwhile has no files any more.
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
    if (!(await read('cmdline')).replaceAll('\0', ' ').startsWith(command)) continue
    if (!(await read('cgroup')).includes(cgroup)) continue
    const lines = (await read('status')).trim().split('\n')
    const fields = lines.map(line => line.split(/:?\s+/)).map(([name, ...values]) => [name, values.join(' ')] as const)
    const mounts = (await read('mountinfo')).split('\n').map(line => line.split(' '))
    return { status: Object.fromEntries(fields), root: mounts.find(([, , , , on]) => on === '/')?.[5] ?? '' }
  }
  throw new Error(`no container of ${node} runs ${command}`)
}
