/** What the API server of the simulation is held to, of a real one: test/unit/controller/simulation/apiserver.test.ts plays the same. */
import { contract } from '../../unit/controller/simulation/contract/contract.ts'
import { groundOf } from '../../unit/controller/simulation/contract/ground.ts'
import { testWithApiServer } from './support.ts'

const test = testWithApiServer()

for (const [n, [title, play]] of Object.entries(contract).entries()) {
  test(title, t => play(groundOf(t, t.context.client, n)))
}
