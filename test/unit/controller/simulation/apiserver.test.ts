/** The API server of the simulation does what the real one does: test/integration/apiserver/contract.test.ts plays the same. */
import test from 'ava'
import { apiServer } from './apiserver.ts'
import { contract } from './contract/contract.ts'
import { groundOf } from './contract/ground.ts'
import { Store } from './store.ts'

for (const [n, [title, play]] of Object.entries(contract).entries()) {
  test(title, t => play(groundOf(t, apiServer(new Store(() => undefined)), n)))
}
