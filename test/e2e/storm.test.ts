/** A thousand Services come, change and go at random while parts are killed at random; in the end all agrees, exactly. */
import test from 'ava'
import { storm } from '../../hack/storm/storm.ts'
import { scenario } from './support.ts'

const seed = Number(process.env['STORM_SEED'] ?? 1)
const services = Number(process.env['STORM_SERVICES'] ?? 1000)
const scene = scenario(test, { name: 'e2e-storm' })

test.serial('10: a storm leaks nothing and gives nothing twice; 24: Services, ledger, RIBs and FIB agree', async t => {
  t.timeout(600_000)
  const { failures, left, settled } = await storm(scene.lab, { seed, services, tell: line => t.log(line) })
  t.deepEqual(failures, [], `again: npm run storm -- --seed ${seed} --services ${services}`)
  t.true(left.addresses > 0)
  t.log(`${left.services} Services with ${left.addresses} addresses agreed after ${settled} ms`)
})
