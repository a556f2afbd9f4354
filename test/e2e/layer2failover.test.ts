/** A node, or what Fairlead is on it, goes away in every way there is: who answers for its VIPs, and when clients are served. */
import test from 'ava'
import { cut, join } from '../../hack/lab/cables.ts'
import { killPart, signalPart, startPart } from '../../hack/lab/parts.ts'
import { annotations } from '../../src/api/names.ts'
import { inTime, onSegment } from './segment.ts'

const segment = onSegment(test, { name: 'e2e-layer2-failover' })
const { scene } = segment

/** How long it is watched for what should not happen (milliseconds). */
const AFTERWARDS = 1_500
const pass = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

test.serial('25: every VIP of both families has one owner, which its status names; they spread', async t => {
  await segment.serve(12, 10)
  await segment.lookAway()
  await pass(AFTERWARDS)
  const quiet = await segment.seen(t, 'nothing happens')
  inTime(t, quiet)
  t.is(quiet.doubled, 0)
  const owners = await segment.answered()
  t.is(owners.size, 24)
  t.deepEqual([...new Set(owners.values())].sort(), ['node1', 'node2', 'node3'])
  await segment.recordedAsAnswered()
})

test.serial('26: a manager is killed: others answer; 27: it comes back, and nothing moves', async t => {
  const { node, owned } = await segment.someOwner()
  await segment.becomeReachable(owned)
  await segment.lookAway()
  const began = Date.now()
  await killPart(scene.lab, node, 'manager', 'SIGKILL')
  const served = await segment.served(owned, began)
  await segment.answeredWithout(node)
  const seen = await segment.seen(t, `${node} killed with ${owned.length} VIPs, clients served after ${served} ms`)
  t.true(seen.gap > 0)
  inTime(t, seen, served)
  await segment.recordedAsAnswered()
  const cause = (await segment.recorded(owned[0] ?? '')).map(owner => owner.cause)
  t.deepEqual(cause, ['OwnerLost'])

  const before = await segment.standing()
  await startPart(scene.lab, node, 'manager')
  await pass(4_000)
  const back = await segment.seen(t, `${node} is back`)
  await segment.unmoved(t, before)
  inTime(t, back)
  t.is(back.doubled, 0)
})

test.serial('26: a manager stands still, and goes on with a full queue: others answer, and it does not', async t => {
  const { node, owned } = await segment.someOwner()
  await segment.lookAway()
  signalPart(scene.lab, node, 'manager', 'SIGSTOP')
  await segment.answeredWithout(node)
  const before = await segment.standing()
  await pass(AFTERWARDS)
  signalPart(scene.lab, node, 'manager', 'SIGCONT')
  await pass(AFTERWARDS)
  const seen = await segment.seen(t, `${node} stood still with ${owned.length} VIPs`)
  t.true(seen.gap > 0)
  inTime(t, seen)
  await segment.unmoved(t, before)
})

test.serial('26: a cable is cut: clients are served by others; 27: plugged in again, nothing moves', async t => {
  const { node, owned } = await segment.someOwner()
  await segment.becomeReachable(owned)
  await segment.lookAway()
  const began = Date.now()
  await cut(scene.lab, node)
  const served = await segment.served(owned, began)
  await segment.answeredWithout(node)
  const seen = await segment.seen(t, `${node} cut off with ${owned.length} VIPs, clients served after ${served} ms`)
  t.true(seen.gap > 0 && served > 0)
  inTime(t, seen, served, 2_000)
  const before = await segment.standing()
  await join(scene.lab, node)
  await pass(4_000)
  const back = await segment.seen(t, `${node} is plugged in`)
  inTime(t, back)
  await segment.unmoved(t, before)
  await segment.recordedAsAnswered()
})

test.serial(
  '26: kube-proxy is dead: its node hands over, and nobody waits; 27: it is back, and nothing moves',
  async t => {
    const { node } = await segment.someOwner()
    await segment.lookAway()
    await killPart(scene.lab, node, 'kube-proxy', 'SIGKILL')
    await segment.answeredWithout(node)
    const seen = await segment.seen(t, `kube-proxy of ${node} killed`)
    inTime(t, seen)
    const before = await segment.standing()
    await startPart(scene.lab, node, 'kube-proxy')
    await pass(AFTERWARDS)
    await segment.unmoved(t, before)
  },
)

test.serial('26: a node is drained, and a manager is told to end: no gap', async t => {
  const { node } = await segment.someOwner()
  await segment.lookAway()
  await scene.kubectl('annotate', 'node', node, `${annotations.drain}=true`)
  await segment.answeredWithout(node)
  const drained = await segment.seen(t, `${node} is drained`)
  inTime(t, drained)
  const before = await segment.standing()
  await scene.kubectl('annotate', 'node', node, `${annotations.drain}-`)
  await pass(AFTERWARDS)
  await segment.unmoved(t, before)

  const next = (await segment.someOwner()).node
  await segment.lookAway()
  await killPart(scene.lab, next, 'manager', 'SIGTERM')
  await segment.answeredWithout(next)
  const ended = await segment.seen(t, `the manager of ${next} ended`)
  inTime(t, ended)
  await startPart(scene.lab, next, 'manager')
  await segment.recordedAsAnswered()
})
