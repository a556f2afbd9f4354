import test from 'ava'
import type { VirtualIPStatus } from '../../../src/api/virtualip.ts'
import { announcementTold, virtualIPStatus } from '../../../src/controller/virtualipstatus.ts'
import { type Announcement, not } from '../../../src/desired/announcement/announcement.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import { fakeClient } from '../kube/fakeclient.ts'
import { metadata, service, virtualIP } from '../objects.ts'
import { settled, VirtualTime } from '../streams/virtualtime.ts'

const since = '2026-01-01T00:00:00Z'
const vip = virtualIP('10.62.0.100', service('web'), 'layer2')
const announced: Announcement = { announced: true, reason: 'Announced', message: 'One node answers for it.' }
const condition = {
  type: 'fairlead.dev/Announced',
  status: 'True',
  reason: 'Announced',
  message: announced.message,
  lastTransitionTime: since,
} as const
const conflict = { ...condition, type: 'fairlead.dev/AddressConflict', reason: 'AddressConflict' } as const

/** A VirtualIP that says this is told of it that: returns what is written, and whether on this very version only. */
async function told(status: VirtualIPStatus, announcement: Announcement) {
  const sent: { status: VirtualIPStatus; conditional: boolean }[] = []
  const apply = async (
    _: unknown,
    __: unknown,
    part: { status: VirtualIPStatus },
    { resourceVersion }: { resourceVersion?: string },
  ) => {
    sent.push({ status: part.status, conditional: resourceVersion === vip.metadata.resourceVersion })
    return { ...vip, metadata: metadata(vip.metadata.name, { resourceVersion: '2' }), ...part }
  }
  const reporter = virtualIPStatus(fakeClient({ apply: apply as unknown as KubeClient['apply'] }), {
    slots: act => act(),
    backoff: { first: 1, most: 1, random: () => 0 },
    scheduler: new VirtualTime(),
    clock: () => new Date(),
    report: () => {},
  })
  reporter.write({ name: vip.metadata.name }, { ...vip, status }, announcementTold(announcement))
  await settled()
  return sent
}

test('13: what an owner in layer 2 has said of itself and of the segment is left to it', async t => {
  const status = { announcedBy: 'node1', since, conditions: [conflict, condition] }
  t.deepEqual(await told(status, announced), [])
  const [sent] = await told({ ...status, conditions: [conflict] }, announced)
  t.deepEqual(Object.keys(sent?.status ?? {}), ['conditions'])
  t.deepEqual(
    sent?.status.conditions?.map(({ type }) => type),
    [condition.type],
  )
})

test('12: an owner that is no more announces nothing, unless another has said so meanwhile', async t => {
  const status = { announcedBy: 'node1', since, conditions: [condition] }
  const [sent] = await told(status, not('NoEndpoints', 'The Service has no serving endpoint.'))
  t.like(sent, { conditional: true, status: { announcedBy: '', conditions: [{ status: 'False' }] } })
  t.not(sent?.status.since, since)
})

test('12: of an address that nobody has owned yet only the condition is written', async t => {
  const [sent] = await told({}, not('NoOwner', 'No node has said that it answers for it.'))
  t.deepEqual(Object.keys(sent?.status ?? {}), ['conditions'])
  t.false(sent?.conditional)
})
