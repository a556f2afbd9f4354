/** Parts of the network fail, or somebody on it misbehaves: VIPs stay where they are, and still fail over. */
import test from 'ava'
import { type NodeName, nodeName, numbers } from '../../hack/lab/addresses.ts'
import { cut, cutOneWay, join, joinOneWay } from '../../hack/lab/cables.ts'
import { killPart, startPart } from '../../hack/lab/parts.ts'
import { question } from '../../hack/lab/segment/frames.ts'
import { heartbeats } from '../../hack/lab/segment/heartbeats.ts'
import { Sender } from '../../hack/lab/segment/sender.ts'
import { answerForAll } from '../../hack/lab/segment/strangers.ts'
import { Random } from '../../hack/storm/random.ts'
import { mutilated, noise } from './hostile.ts'
import { inTime, onSegment } from './segment.ts'
import { eventually } from './support.ts'

const segment = onSegment(test, { name: 'e2e-layer2-partition' })
const { scene } = segment

const pass = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

test.serial('26: one direction between two nodes is cut: nothing moves, then or when it is whole again', async t => {
  await segment.serve(8, 10)
  const before = await segment.standing()
  const { node } = await segment.someOwner()
  const other = numbers(3)
    .map(nodeName)
    .find(name => name !== node) as NodeName
  await segment.lookAway()
  await cutOneWay(scene.lab, node, other)
  await pass(3_000)
  const apart = await segment.seen(t, `${other} does not hear ${node}`)
  inTime(t, apart)
  await segment.unmoved(t, before)
  await joinOneWay(scene.lab, node, other)
  await pass(2_000)
  const whole = await segment.seen(t, 'it does again')
  t.is(whole.doubled, 0)
  await segment.unmoved(t, before)
})

test.serial('25: two nodes that cannot hear each other, and a third that hears both: one owner', async t => {
  const before = await segment.standing()
  await segment.lookAway()
  await Promise.all([cutOneWay(scene.lab, 'node1', 'node2'), cutOneWay(scene.lab, 'node2', 'node1')])
  await pass(3_000)
  const apart = await segment.seen(t, 'node1 and node2 do not hear each other')
  await Promise.all([joinOneWay(scene.lab, 'node1', 'node2'), joinOneWay(scene.lab, 'node2', 'node1')])
  inTime(t, apart)
  await pass(2_000)
  t.is((await segment.seen(t, 'they do again')).doubled, 0)
  await segment.unmoved(t, before)
})

test.serial(
  '26: somebody answers for every address: nothing moves, and a killed owner is noticed all the same',
  async t => {
    await answerForAll(scene.lab, true)
    const before = await segment.standing()
    await segment.lookAway()
    await pass(1_500)
    const quiet = await segment.seen(t, 'a host answers for all')
    t.true(quiet.all.values().some(({ strangers }) => strangers > 0))
    await segment.unmoved(t, before)
    const { node } = await segment.someOwner()
    await killPart(scene.lab, node, 'manager', 'SIGKILL')
    await segment.answeredWithout(node)
    const seen = await segment.seen(t, `${node} killed`)
    await answerForAll(scene.lab, false)
    t.true(seen.gap > 0)
    inTime(t, seen)
    await startPart(scene.lab, node, 'manager')
    await segment.recordedAsAnswered()
  },
)

test.serial(
  '37: one node does not reach the API server; nobody does: nothing moves, and a killed owner is replaced',
  async t => {
    const before = await segment.standing()
    const { node } = await segment.someOwner()
    await segment.lookAway()
    await Promise.all([cutOneWay(scene.lab, node, 'control'), cutOneWay(scene.lab, 'control', node)])
    await pass(4_000)
    inTime(t, await segment.seen(t, `${node} does not reach the API server`))
    await segment.unmoved(t, before)
    await Promise.all([joinOneWay(scene.lab, node, 'control'), joinOneWay(scene.lab, 'control', node)])

    await cut(scene.lab, 'control')
    await pass(4_000)
    inTime(t, await segment.seen(t, 'nobody reaches the API server'))
    await segment.unmoved(t, before)
    await killPart(scene.lab, node, 'manager', 'SIGKILL')
    await segment.answeredWithout(node)
    const seen = await segment.seen(t, `${node} killed meanwhile`)
    t.true(seen.gap > 0)
    inTime(t, seen)
    await join(scene.lab, 'control')
    await startPart(scene.lab, node, 'manager')
    await segment.recordedAsAnswered(60_000)
  },
)

test.serial('26: a flood of requests for other addresses while an owner is killed', async t => {
  const flooding = new Sender(scene.lab, 'control')
  const host = { mac: '02:62:01:00:00:05', v4: '10.62.0.5', v6: 'fd62::5' }
  const foreign = numbers(200).map(number => question(host, `10.62.2.${number}`))
  flooding.repeat(foreign, 40)
  await pass(500)
  const { node } = await segment.someOwner()
  await segment.lookAway()
  await killPart(scene.lab, node, 'manager', 'SIGKILL')
  await segment.answeredWithout(node)
  flooding.stop()
  const seen = await segment.seen(t, `5,000 foreign requests a second, ${node} killed`)
  await startPart(scene.lab, node, 'manager')
  t.true(seen.gap > 0)
  inTime(t, seen)
})

test.serial(
  '36: noise, mutilated and replayed heartbeats: nothing moves, and nobody is kept alive by them',
  async t => {
    await eventually(
      'every manager sends heartbeats',
      async () => new Set((await heartbeats(scene.lab, 30)).map(frame => frame.toString('hex', 6, 12))).size,
      senders => senders === 3,
    )
    const [recorded, random] = [await heartbeats(scene.lab, 60), new Random(7)]
    const before = await segment.standing()
    await segment.lookAway()
    const attacker = new Sender(scene.lab, 'control')
    attacker.repeat([...noise(500, random), ...mutilated(recorded, 10, random), ...recorded], 1_000)
    await pass(4_000)
    const seen = await segment.seen(t, 'under attack')
    inTime(t, seen)
    t.is(seen.doubled, 0)
    await segment.unmoved(t, before)
    const { node } = await segment.someOwner()
    await killPart(scene.lab, node, 'manager', 'SIGKILL')
    await segment.answeredWithout(node)
    const killed = await segment.seen(t, `${node} killed meanwhile`)
    attacker.stop()
    t.true(killed.gap > 0)
    inTime(t, killed)
  },
)
