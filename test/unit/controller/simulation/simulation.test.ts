/**
 * The whole controller, two replicas of it, against an API server and a network at their worst, again and again with other
 * luck. `SEED=17 npx ava test/unit/controller/simulation` plays one again and tells what people did in it; `SEEDS=1000`
 * plays so many from where `FROM` says.
 */
import { env } from 'node:process'
import test from 'ava'
import { virtualIPs } from '../../../../src/kube/resources.ts'
import { unsettled, Watchdog } from './invariants.ts'
import { World } from './world.ts'

const STEPS = 60

const first = Number(env['SEED'] ?? env['FROM'] ?? 1)
const count = env['SEED'] === undefined ? Number(env['SEEDS'] ?? 12) : 1

/** What went wrong with a seed, and what people did. */
async function play(seed: number): Promise<{ readonly wrong: readonly string[]; readonly diary: readonly string[] }> {
  const watchdog = new Watchdog()
  const world = new World(seed, (change, now) => watchdog.applied(change, now))
  for (let n = 0; n < STEPS && watchdog.violations.length === 0; n += 1) await world.step()
  await world.heal()
  const wrong = [...watchdog.violations, ...unsettled(world.store)]
  await world.clear()
  for (const { spec } of world.store.all(virtualIPs))
    wrong.push(`${spec.address} is left over: ${JSON.stringify(spec)}`)
  world.stop()
  return { wrong, diary: world.diary }
}

test('6, 7, 8, 10, 37: whatever goes wrong, nothing is lost or given twice, and all is as it should be when it is over', async t => {
  for (let seed = first; seed < first + count; seed += 1) {
    const { wrong, diary } = await play(seed)
    if (env['SEED'] !== undefined) t.log(diary.join('\n'))
    t.deepEqual(wrong, [], `SEED=${seed}`)
  }
})
