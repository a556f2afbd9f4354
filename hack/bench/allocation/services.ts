/**
 * Thousands of Services on a real API server, with two controllers: they wait, one address after the other is freed, then there is
 * one for each, and in the end the leader dies.
 */
import { apiVersion } from '../../../src/api/names.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import type { Service } from '../../../src/kube/objects.ts'
import { eips, keyOf, services } from '../../../src/kube/resources.ts'
import { timing } from '../../../src/leader/timing.ts'
import { slots } from '../../../src/streams/slots.ts'
import { withClient } from '../../lab/cluster.ts'
import { down, type Lab, up } from '../../lab/lab.ts'
import { killPart, startPart } from '../../lab/parts.ts'
import { addressOf, observe } from '../bgp/cluster.ts'
import { foreignServiceDraft, ingressOf, serviceDraft, serviceRef } from '../bgp/objects.ts'
import { apply, forEach, range } from '../bgp/scene.ts'
import type { Seen } from '../bgp/seen.ts'
import { quiet, writes, writesBetween } from '../bgp/writes.ts'
import { atLeastTimesFloor, atMost, type Row, rowOf } from '../row.ts'
import { sample } from '../sample.ts'
import { median, perSecond } from '../statistics.ts'
import { leader } from './leader.ts'
import type { AllocationOptions } from './options.ts'

/** Services of another class, whose status is written as the floor. */
const FOREIGN = 1_000
/** The API server gives cluster addresses one after the other: more at once only wait there, and too long. */
const CREATING = 8
/** Milliseconds that something may take at most that thousands of Services take part in. */
const PATIENCE = 900_000
/** Rounds of what is quick. */
const ROUNDS = 5

const eip = (address: string) => ({ apiVersion, kind: 'Eip', metadata: { name: 'bench' }, spec: { address } })
const one = '10.66.0.0/32'
const enough = '10.66.0.0/16'

interface Stage {
  readonly lab: Lab
  readonly client: KubeClient
  readonly seen: Seen<Service>
  readonly names: readonly string[]
  readonly progress: (line: string) => void
}

export async function givenByController(options: AllocationOptions): Promise<readonly Row[]> {
  const { lab: name, services: count = 10_000, samples = 3, progress } = options
  const interrupted = () => void down(name).finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    const lab = await up({ name, nodes: 1, kubeProxy: 'none', progress })
    return await withClient(lab, async client => {
      const { seen, stop } = await observe(client, services)
      try {
        const stage = { lab, client, seen, names: range(count).map(number => `service-${number}`), progress }
        await forEach(range(FOREIGN), number => client.create(services, foreignServiceDraft(foreign(number))))
        await apply(lab, eip(one))
        await makeWaiting(stage)
        return [...(await freed(stage)), ...(await given(stage)), ...(await takenOver(stage, samples))]
      } finally {
        stop()
      }
    })
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await down(name)
  }
}

const foreign = (number: number): string => `foreign-${number}`
const keyOfName = (name: string): string => keyOf(serviceRef(name))
const isTold = (service: Service | undefined): boolean => service?.status?.conditions !== undefined
const hasAddress = (service: Service | undefined): boolean => addressOf(service) !== undefined

/** All but one of them wait. */
async function makeWaiting({ lab, client, seen, names, progress }: Stage): Promise<void> {
  const atATime = slots(CREATING)
  let created = 0
  await Promise.all(
    names.map(name =>
      atATime(async () => {
        await client.create(services, serviceDraft(name))
        created += 1
        if (created % 1_000 === 0) progress(`${created} Services are created`)
      }),
    ),
  )
  await Promise.all(names.map(name => seen.until(keyOfName(name), isTold, 0, PATIENCE)))
  await quiet(lab)
  progress('all but one wait')
}

/** The only address is freed, and another Service gets it: what is written until nothing more is. */
async function freed({ lab, client, seen, names, progress }: Stage): Promise<readonly Row[]> {
  const [times, statuses, all]: [number[], number[], number[]] = [[], [], []]
  for (const round of range(ROUNDS)) {
    const holder = names.find(name => hasAddress(seen.get(keyOfName(name)))) ?? ''
    const before = await writes(lab)
    const began = performance.now()
    const others = names.filter(name => name !== holder)
    const [next] = await Promise.all([
      Promise.race(others.map(name => seen.next(keyOfName(name), hasAddress))),
      client.delete(services, serviceRef(holder)),
    ])
    times.push(next - began)
    await quiet(lab)
    const written = writesBetween(before, await writes(lab))
    statuses.push(written.get('APPLY services/status') ?? 0)
    all.push(written.values().reduce((sum, each) => sum + each, 0))
    progress(`freed, ${round + 1} of ${ROUNDS}: ${(next - began).toFixed(0)} ms, ${JSON.stringify([...written])}`)
  }
  const what = `an address is freed, ${names.length} wait`
  return [
    rowOf(`${what}: Services whose status is written`, statuses, { q: 1, unit: '', target: atMost(1) }),
    rowOf(`${what}: writes in all, the deletion included`, all, { q: 1, unit: '' }),
    rowOf(`${what}: another has it`, times),
  ]
}

/** There is an address for each, all at once. */
async function given({ lab, client, seen, names, progress }: Stage): Promise<readonly Row[]> {
  const floors: number[] = []
  for (const round of range(ROUNDS)) floors.push(await sample(() => bareStatuses(client, round), progress))
  await quiet(lab)
  const waiting = names.filter(
    name => seen.get(keyOfName(name)) !== undefined && !hasAddress(seen.get(keyOfName(name))),
  )
  const before = await writes(lab)
  const took = await sample(async () => {
    const told = Promise.all(waiting.map(name => seen.next(keyOfName(name), hasAddress, PATIENCE)))
    const began = performance.now()
    const [times] = await Promise.all([told, client.mergePatch(eips, { name: 'bench' }, { spec: { address: enough } })])
    return Math.max(...times) - began
  }, progress)
  await quiet(lab)
  const written = writesBetween(before, await writes(lab))
  progress(`${waiting.length} given in ${(took / 1_000).toFixed(1)} s, written: ${JSON.stringify([...written])}`)
  const each = (what: string) => (written.get(what) ?? 0) / waiting.length
  const row = (name: string, value: number, more: Partial<Row> = {}): Row => ({
    name: `${waiting.length} pending Services: ${name}`,
    value,
    unit: '',
    samples: 1,
    failures: 0,
    ...more,
  })
  return [
    row('all have an address; floor: status alone', perSecond(waiting.length, took), {
      unit: '/s',
      floor: perSecond(FOREIGN, median(floors)),
      target: atLeastTimesFloor(0.4),
    }),
    row('writes for each', written.values().reduce((sum, count) => sum + count, 0) / waiting.length),
    row('of these: VirtualIPs created', each('POST virtualips')),
    row('of these: status of the Service', each('APPLY services/status')),
    row('of these: status of the VirtualIP', each('APPLY virtualips/status')),
    row('of these: events', each('POST events')),
    row('Eip status, in all', written.get('APPLY eips/status') ?? 0),
  ]
}

/** The status of each foreign Service is written. Milliseconds. */
async function bareStatuses(client: KubeClient, round: number): Promise<number> {
  const began = performance.now()
  await forEach(range(FOREIGN), number => {
    const status = ingressOf(`100.${round}.${number >> 8}.${number & 255}`)
    return client.mergePatch(services, serviceRef(foreign(number)), { status }, { subresource: 'status' })
  })
  return performance.now() - began
}

/** The leader is killed, and a Service comes. Milliseconds until it has its address. */
async function takenOver({ lab, client, seen, names, progress }: Stage, samples: number): Promise<readonly Row[]> {
  const times: number[] = []
  for (const round of range(samples)) {
    const part = await leader(client)
    const name = `late-${round}`
    times.push(
      await sample(async () => {
        const began = performance.now()
        await killPart(lab, 'control', part, 'SIGKILL')
        const [at] = await Promise.all([
          seen.next(keyOfName(name), hasAddress),
          client.create(services, serviceDraft(name)),
        ])
        return at - began
      }, progress),
    )
    progress(`leader killed, ${round + 1} of ${samples}: ${times.at(-1)?.toFixed(0)} ms`)
    await startPart(lab, 'control', part)
    await quiet(lab)
  }
  const target = atMost(timing.lease + 1_000)
  return [
    rowOf(`leader killed with ${names.length} Services: a new one has its address, worst`, times, { q: 1, target }),
  ]
}
