/** The witness of layer 2 sees what is so, with the nodes' own kernels in the place of what it is there for. */
import test from 'ava'
import { type NodeName, nodeMac } from '../../../hack/lab/addresses.ts'
import { withClient } from '../../../hack/lab/cluster.ts'
import { at, down, type Lab, up } from '../../../hack/lab/lab.ts'
import { runPods } from '../../../hack/lab/pods.ts'
import { Caller } from '../../../hack/lab/segment/caller.ts'
import { neighbours, setReachable } from '../../../hack/lab/segment/neighbours.ts'
import { answerForAll, giveAddressUp, takeAddress } from '../../../hack/lab/segment/strangers.ts'
import { AnswerWitness } from '../../../hack/lab/segment/witness.ts'
import { services } from '../../../src/kube/resources.ts'
import { eventually } from '../../e2e/support.ts'

const [four, six] = ['10.62.1.1', 'fd62::1:1'] as const
let lab: Lab
let witness: AnswerWitness

test.before(async t => {
  t.timeout(120_000)
  lab = await up({ name: 'itest-segment', nodes: 2, manager: false })
  witness = await AnswerWitness.start(lab, [four, six], 5)
})

test.after.always(() => down('itest-segment'))

const pass = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

const give = (node: NodeName) => address('add', node)
const take = (node: NodeName) => address('delete', node)

async function address(verb: 'add' | 'delete', node: NodeName): Promise<void> {
  const noDad = verb === 'add' ? ['nodad'] : []
  await at(lab, node, ['ip', 'address', verb, `${four}/32`, 'dev', 'eth0'])
  await at(lab, node, ['ip', 'address', verb, `${six}/128`, 'dev', 'eth0', ...noDad])
}

const macs = (answers: readonly { readonly mac: string }[] | undefined) => answers?.map(({ mac }) => mac)

test.serial('who answers, one after the other, and how long nobody does', async t => {
  await give('node1')
  await pass(300)
  await witness.lap()
  await take('node1')
  await pass(200)
  await give('node2')
  await pass(300)
  const seen = await witness.lap()
  for (const each of [four, six]) {
    const { gap = 0, doubled, owners } = seen.get(each) ?? {}
    t.log(`${each}: gap ${gap.toFixed(0)} ms`)
    t.true(gap >= 150 && gap < 5_000)
    t.is(doubled, 0)
    t.deepEqual(macs(owners), [nodeMac(1), nodeMac(2)])
  }
})

test.serial('for how long two answer', async t => {
  await give('node1')
  await pass(200)
  await take('node1')
  await pass(200)
  const seen = await witness.lap()
  for (const each of [four, six]) {
    const { doubled = 0 } = seen.get(each) ?? {}
    t.log(`${each}: doubled ${doubled.toFixed(0)} ms`)
    t.true(doubled >= 150 && doubled < 5_000)
  }
  const last = await witness.lastAnswers()
  t.deepEqual([last.get(four)?.mac, last.get(six)?.mac], [nodeMac(2), nodeMac(2)])
})

test.serial('a stranger is told apart from the nodes', async t => {
  await witness.lap()
  await takeAddress(lab, four)
  await pass(200)
  await giveAddressUp(lab, four)
  const taken = (await witness.lap()).get(four)
  t.true((taken?.strangers ?? 0) > 0)
  t.is(taken?.doubled, 0)
  await answerForAll(lab, true)
  await pass(200)
  await answerForAll(lab, false)
  t.true(((await witness.lap()).get(four)?.strangers ?? 0) > 0)
})

test.serial("the neighbour's kernel believes what it is told, and learns nothing from the witness", async t => {
  await runPods(lab, 'web')
  const spec = { selector: { app: 'web' }, ports: [{ port: 80 }], externalIPs: [four] }
  await withClient(lab, client => client.create(services, { metadata: { namespace: 'default', name: 'web' }, spec }))
  const caller = new Caller(lab, 'neighbour')
  const call = (within: number) => caller.firstAnswers({ addresses: [four], every: 50, within })
  await eventually(
    'it is served',
    () => call(1_000),
    answers => answers.get(four) !== undefined,
  )
  await setReachable(lab, 'neighbour', new Map([[four, '02:62:01:00:00:99']]))
  t.is((await call(500)).get(four), undefined)
  t.deepEqual((await neighbours(lab, 'neighbour')).get(four), { mac: '02:62:01:00:00:99', state: 'REACHABLE' })
  const began = Date.now()
  const answered = call(20_000)
  await at(lab, 'node2', ['arping', '-U', '-c', '1', '-i', 'eth0', '-S', four, four]).catch(() => '')
  const { at: when = 0, node } = (await answered).get(four) ?? {}
  t.log(`served ${when - began} ms after it was told`)
  t.true(when >= began && when < began + 5_000)
  t.regex(node ?? '', /^node[12]$/)
  t.is((await neighbours(lab, 'neighbour')).get(four)?.mac, nodeMac(2))
})
