import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { heartbeat } from '../../../src/speaker/heartbeat.ts'
import { VirtualTime } from '../streams/virtualtime.ts'

async function beating(t: ExecutionContext, failStatic?: number) {
  const directory = await mkdtemp(join(tmpdir(), 'heartbeat-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const time = new VirtualTime()
  const reported: number[] = []
  const subscription = heartbeat({
    gobgpSocket: join(directory, 'gobgp.sock'),
    ...(failStatic !== undefined && { failStatic }),
    scheduler: time,
    report: (_, failures) => reported.push(failures),
  }).subscribe()
  t.teardown(() => subscription.unsubscribe())
  /** Time passes; files are written in time of their own. */
  const pass = async (milliseconds: number, isSo: () => Promise<boolean> | boolean) => {
    await time.pass(milliseconds)
    for (const end = performance.now() + 10_000; !(await isSo()); ) {
      if (performance.now() > end) throw new Error('it did not come so')
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }
  const files = () => readdir(directory)
  const said = async () => (await files()).join() === 'manager.alive'
  return { directory, pass, files, said, reported, subscription }
}

for (const [what, failStatic, text] of [
  ['seconds', 600, '600\n'],
  ['for ever', undefined, '0\n'],
] as const) {
  test(`a sign is given at once, beside the socket: how long gobgpd may go on, ${what}`, async t => {
    const { directory, pass, said } = await beating(t, failStatic)
    await pass(0, said)
    t.is(await readFile(join(directory, 'manager.alive'), 'utf8'), text)
  })
}

test('taken away, it is there again after two seconds, until nobody listens', async t => {
  const { directory, pass, files, said, subscription } = await beating(t)
  await pass(0, said)
  for (const _ of [1, 2]) {
    await rm(join(directory, 'manager.alive'))
    await pass(1_900, () => true)
    t.deepEqual(await files(), [])
    await pass(100, said)
  }
  subscription.unsubscribe()
  await rm(join(directory, 'manager.alive'))
  await pass(10_000, () => true)
  t.deepEqual(await files(), [])
})

test('a sign that cannot be given is told, and given when it can be', async t => {
  const { directory, pass, said, reported } = await beating(t)
  await pass(0, said)
  await rm(directory, { recursive: true })
  await pass(2_000, () => reported.length === 1)
  await pass(2_000, () => reported.length === 2)
  t.deepEqual(reported, [1, 2])
  await mkdir(directory)
  await pass(2_000, said)
})
