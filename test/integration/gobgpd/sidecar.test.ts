/** The entrypoint of gobgpd's container, with a real gobgpd: who ends it, and who does not. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { binary } from '../../../hack/binaries.ts'
import { exec } from '../../../hack/lab/exec.ts'
import { until } from './support.ts'

const script = fileURLToPath(new URL('../../../src/sidecar/gobgpd.sh', import.meta.url))

/** A sidecar of its own, in a process group of its own, and a manager that the test plays. */
async function sidecar(t: ExecutionContext, prepare: (directory: string) => Promise<unknown> = async () => {}) {
  const directory = await mkdtemp(join(tmpdir(), 'sidecar-'))
  await prepare(directory)
  const socket = join(directory, 'gobgp.sock')
  const child = spawn(script, [socket, binary('gobgpd')], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
  const pid = child.pid as number
  const ended = once(child, 'exit')
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    said += text
  })
  const signal = (name: NodeJS.Signals) => process.kill(-pid, name)
  const members = () => exec(['pgrep', '-g', `${pid}`]).catch(() => '')
  let beating: NodeJS.Timeout | undefined
  t.teardown(async () => {
    clearInterval(beating)
    if (await members()) signal('SIGKILL')
    await ended
    await rm(directory, { recursive: true })
  })
  const gobgp = () => exec([binary('gobgp'), '--target', `unix://${socket}`, 'global'])
  await until('gobgpd answers', () => gobgp().then(Boolean, () => false))
  return {
    pid,
    ended,
    signal,
    members,
    said: () => said,
    alive: () => child.exitCode === null && child.signalCode === null,
    directory,
    /** Gives signs of life from now on, as a manager does. */
    beat(failStatic: number) {
      const file = join(directory, 'manager.alive')
      const put = () => writeFile(`${file}.new`, `${failStatic}\n`).then(() => rename(`${file}.new`, file))
      beating = setInterval(() => void put(), 500)
      return put()
    },
    stopBeating: () => clearInterval(beating),
  }
}

test('a gobgpd whose manager gives no sign any more ends after failStatic, and not before; nothing is left', async t => {
  const gobgpd = await sidecar(t)
  await gobgpd.beat(3)
  await sleep(5_000)
  t.true(gobgpd.alive(), 'as long as there are signs')
  gobgpd.stopBeating()
  const last = performance.now()
  t.deepEqual(await gobgpd.ended, [0, null], 'by itself, as SIGTERM asks it to')
  // The watchdog saw the last sign up to a second after it was given.
  t.true(performance.now() - last > 3_000 - 500)
  t.regex(gobgpd.said(), /no sign of a manager for 3 s/)
  await until('the watchdog has ended', async () => (await gobgpd.members()) === '')
})

test('with a failStatic of 0 it goes on for ever, and as well before any manager was there', async t => {
  const [forever, alone] = await Promise.all([sidecar(t), sidecar(t)])
  await forever.beat(0)
  await sleep(1_500)
  forever.stopBeating()
  await sleep(5_000)
  t.true(forever.alive())
  t.true(alone.alive())
})

test('a machine that was paused for longer does not end it, if the manager goes on as well', async t => {
  const gobgpd = await sidecar(t)
  await gobgpd.beat(4)
  await sleep(1_500)
  gobgpd.stopBeating()
  gobgpd.signal('SIGSTOP')
  await sleep(6_000)
  gobgpd.signal('SIGCONT')
  await sleep(500)
  await gobgpd.beat(4)
  await sleep(5_000)
  t.true(gobgpd.alive(), gobgpd.said())
})

for (const [name, exit] of [
  ['SIGKILL', [null, 'SIGKILL']],
  ['SIGTERM', [0, null]],
] as const) {
  test(`20: a gobgpd that is ended by ${name} leaves no watchdog behind`, async t => {
    const gobgpd = await sidecar(t)
    await gobgpd.beat(600)
    t.is((await gobgpd.members()).trim().split('\n')[0], `${gobgpd.pid}`, 'the pid is gobgpd’s own')
    process.kill(gobgpd.pid, name)
    t.deepEqual(await gobgpd.ended, [...exit])
    gobgpd.stopBeating()
    await until('the watchdog has ended', async () => (await gobgpd.members()) === '')
  })
}

test('20: what one that was killed left is no hindrance: its socket, and the sign of its manager', async t => {
  const gobgpd = await sidecar(t, async directory => {
    await writeFile(join(directory, 'gobgp.sock'), '')
    await writeFile(join(directory, 'manager.alive'), '1\n')
  })
  t.false(existsSync(join(gobgpd.directory, 'manager.alive')))
  await sleep(4_000)
  t.true(gobgpd.alive())
})
