/** A small storm in the compact shape, with graceful restart set: what a gobgpd missed while it was away leaves nothing behind. */
import test from 'ava'
import { storm } from '../../hack/storm/storm.ts'
import { scenario } from './support.ts'

const seed = Number(process.env['STORM_SEED'] ?? 7)
const services = 60
const scene = scenario(test, { name: 'e2e-storm-compact', shape: 'compact' })

test.serial('10, 18: compact: a storm leaves no next hop behind, and all agrees', async t => {
  t.timeout(600_000)
  const { failures, left, settled } = await storm(scene.lab, { seed, services, tell: line => t.log(line) })
  t.deepEqual(failures, [], `again: npm run storm -- --seed ${seed} --services ${services} --shape compact`)
  t.true(left.addresses > 0)
  t.log(`${left.services} Services with ${left.addresses} addresses agreed after ${settled} ms`)
})
