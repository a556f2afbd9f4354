/** Controllers as processes: one is killed at its work, and one finds what a restored backup has left. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type ProcessRecord, signal, start, stop } from '../../../hack/lab/processes.ts'
import { apiVersion, systemNamespace } from '../../../src/api/names.ts'
import { eips, keyOf, leases, type ObjectRef, services } from '../../../src/kube/resources.ts'
import { slots } from '../../../src/streams/slots.ts'
import { type Context, eventually, testWithApiServer } from './support.ts'
import { accounts, startWitness } from './witness.ts'

/** As many as the Eip has addresses: one that leaks is missed. */
const COUNT = 1_000
const REPLACED = 20

const test = testWithApiServer(prepare)
const main = join(import.meta.dirname, '../../../src/main.ts')
const lease = { namespace: systemNamespace, name: 'fairlead-controller' }
const running = new Map<string, ProcessRecord>()

test.after.always(() => Promise.all([...running.values()].map(record => stop(record, 'SIGKILL'))))

const nameOf = (number: number) => `service-${number}`
const draft = (number: number) => ({
  metadata: { namespace: 'default', name: nameOf(number) },
  // Node ports are few.
  spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }] },
})
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

function each<T>(all: readonly T[], act: (one: T) => Promise<unknown>): Promise<unknown> {
  const atATime = slots(8)
  return Promise.all(all.map(one => atATime(() => act(one))))
}

async function prepare({ client }: Context): Promise<void> {
  const spec = { address: '10.66.0.1-10.66.3.232' }
  await client.create(eips, { apiVersion, kind: 'Eip', metadata: { name: 'pool' }, spec })
  await each(numbers(0, COUNT), number => client.create(services, draft(number)))
}

async function startController({ controlPlane, directory }: Context, name: string): Promise<void> {
  const kubeconfig = `--kubeconfig=${controlPlane.kubeconfigs.controller}`
  const argv = [process.execPath, main, 'controller', kubeconfig, `--pod-name=${name}`]
  running.set(name, await start({ name, argv, log: join(directory, `${name}.log`) }))
}

async function findLeader({ client }: Context): Promise<ProcessRecord> {
  const { spec } = await client.get(leases, lease)
  const found = running.get(spec?.holderIdentity?.split('_')[0] ?? '')
  if (found === undefined) throw new Error(`${spec?.holderIdentity} leads, which was not started here`)
  return found
}

/** Resolves to what is told when that is what is given, and to so many; rejects if it does not come to that. */
async function agreed({ client }: Context, count: number, milliseconds = 60_000) {
  const end = performance.now() + milliseconds
  for (;;) {
    const { told, given } = await accounts(client)
    if (told.length === count && isDeepStrictEqual(told, given)) return told
    if (performance.now() > end) throw new Error(`${told.length} are told, ${given.length} are given, not ${count}`)
    await sleep(250)
  }
}

test.serial(
  '10: the leader is killed in the middle of 1,000 allocations: each has one, once, and keeps what it was told',
  async t => {
    const { client } = t.context
    const witness = await startWitness(client)
    t.teardown(() => witness.stop())
    await Promise.all(['one', 'other'].map(name => startController(t.context, name)))
    await eventually(() => witness.told.size > 0, 60_000)
    const leader = await findLeader(t.context)
    await eventually(() => witness.told.size >= COUNT / 3, 60_000)
    t.true(signal(leader, 'SIGKILL'))

    const { told, given } = await accounts(client)
    t.true(told.length < COUNT, 'it was killed in the middle')
    t.log(`${told.length} were told and ${given.length} given when the leader was killed`)
    // While nobody leads, some go, with an address or without, and others come.
    const all = numbers(0, COUNT).map(number => draft(number).metadata)
    const isTold = (ref: ObjectRef) => witness.told.has(keyOf(ref))
    const going = [...all.filter(isTold).slice(0, REPLACED), ...all.filter(ref => !isTold(ref)).slice(-REPLACED)]
    await each(going, ref => client.delete(services, ref))
    await each(numbers(COUNT, COUNT + going.length), number => client.create(services, draft(number)))

    const lines = await agreed(t.context, COUNT)
    t.is(new Set(lines.map(line => line.split(' ')[0])).size, COUNT)
    t.is(new Set(lines.map(line => line.split(' ')[2])).size, COUNT)
    t.deepEqual(witness.wrong, [])
    t.not((await findLeader(t.context)).name, leader.name)
  },
)
