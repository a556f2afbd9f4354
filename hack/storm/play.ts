/** Plays a schedule in a lab. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeClient } from '../../src/kube/client.ts'
import { slots } from '../../src/streams/slots.ts'
import type { Lab } from '../lab/lab.ts'
import type { Edit, Schedule, Timed } from './actions.ts'
import { Editor, subject } from './edit.ts'
import { Harm } from './harm.ts'

/** Edits under way at once. */
const CONCURRENCY = 32

/**
 * Resolves when every edit has gone through and every fault is undone. What is late is not left out: on a slow machine the
 * storm is longer. Edits of one thing are made one after the other, in their order.
 *
 * @param tell of each fault as it begins
 */
export async function play(
  lab: Lab,
  client: KubeClient,
  schedule: Schedule,
  tell: (line: string) => void,
): Promise<void> {
  const began = performance.now()
  const until = (at: number) => sleep(Math.max(0, began + at - performance.now()))
  const harm = new Harm(lab, client)
  const faults = schedule.faults.map(async fault => {
    await until(fault.at)
    tell(`${((performance.now() - began) / 1_000).toFixed(1)} s: ${Object.values(fault).join(' ')} ms`)
    await harm.suffer(fault)
  })
  await Promise.all([...faults, edit(new Editor(client, () => harm.apiServer()), schedule.edits, until)])
}

async function edit(
  editor: Editor,
  edits: readonly Timed<Edit>[],
  until: (at: number) => Promise<unknown>,
): Promise<void> {
  const slot = slots(CONCURRENCY)
  const last = new Map<string, Promise<void>>()
  const refused: unknown[] = []
  for (const next of edits) {
    await until(next.at)
    const before = last.get(subject(next))
    const make = async () => {
      await before
      // Noted at once: it may be long until anybody waits for this one.
      await slot(() => editor.make(next)).catch(error => void refused.push(error))
    }
    last.set(subject(next), make())
  }
  await Promise.all(last.values())
  if (refused.length > 0) throw refused[0]
}
