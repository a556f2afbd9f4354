/** Network namespaces: making a topology, and removing all of a lab from the kernel. */
import { setTimeout as sleep } from 'node:timers/promises'
import { labOfNamespace, namespaceOf, type Place } from './addresses.ts'
import { exec } from './exec.ts'
import { sysctls, type Topology } from './topology.ts'

/** Makes every namespace, cable, address and route. */
export async function build(lab: string, topology: Topology): Promise<void> {
  const places = [...topology.inside.keys()]
  await Promise.all(
    places.map(async place => {
      await exec(['ip', 'netns', 'add', namespaceOf(lab, place)])
      await configure(namespaceOf(lab, place), place)
    }),
  )
  await batch(topology.cables)
  await Promise.all([...topology.inside].map(([place, lines]) => batch(lines, namespaceOf(lab, place))))
  await batch(topology.host)
}

/** Before the interfaces exist, since they take the defaults over. */
const configure = (namespace: string, place: Place) =>
  exec(['sysctl', '--quiet', '--ignore', '--write', ...sysctls(place)], { namespace })

function batch(lines: readonly string[], namespace?: string): Promise<string> {
  const inside = namespace === undefined ? [] : ['-netns', namespace]
  return exec(['ip', ...inside, '-batch', '-'], { input: `${lines.join('\n')}\n` })
}

/** The network namespaces of a lab, whoever made them and however it ended. */
export async function namespacesOf(lab: string): Promise<readonly string[]> {
  return (await allNamespaces()).filter(namespace => labOfNamespace(namespace) === lab)
}

/** Names of the labs of which there is a namespace. */
export async function labsWithNamespaces(): Promise<readonly string[]> {
  const labs = (await allNamespaces()).map(labOfNamespace).filter(lab => lab !== undefined)
  return [...new Set(labs)]
}

async function allNamespaces(): Promise<readonly string[]> {
  const lines = (await exec(['ip', 'netns', 'list'])).split('\n')
  return lines.map(line => line.split(' ')[0] ?? '').filter(name => name !== '')
}

/**
 * Kills every process inside the lab's namespaces, then removes these and all that was in them. What is gone already,
 * as after a crash or because another does the same, is passed over.
 */
export async function destroy(lab: string): Promise<void> {
  const namespaces = await namespacesOf(lab)
  await killAll(namespaces)
  // At once, with its other end on the host: the kernel takes a namespace apart when it finds the time.
  await exec(['ip', '-netns', namespaceOf(lab, 'control'), 'link', 'delete', 'host']).catch(isGone)
  await Promise.all(namespaces.map(namespace => exec(['ip', 'netns', 'delete', namespace]).catch(isGone)))
}

function isGone(error: Error): void {
  if (!/No such file or directory|Cannot find device/.test(error.message)) throw error
}

/** Again until none is left: one that was just being forked is seen the next time. */
async function killAll(namespaces: readonly string[]): Promise<void> {
  for (;;) {
    const pids = (await Promise.all(namespaces.map(processesIn))).flat()
    if (pids.length === 0) return
    for (const pid of pids) kill(pid)
    await sleep(10)
  }
}

const processesIn = async (namespace: string): Promise<readonly number[]> =>
  ((await exec(['ip', 'netns', 'pids', namespace]).catch(isGone)) ?? '').split('\n').filter(Boolean).map(Number)

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
