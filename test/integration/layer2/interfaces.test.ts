/** A node with two interfaces on one segment, beside a node with one. */
import test from 'ava'
import { type Host, Network, until } from './network.ts'

const network = new Network('fl-twice')
const addresses = Array.from({ length: 24 }, (_, i) => `10.67.0.${100 + i}`)
let hosts: readonly Host[] = []

test.before(async () => {
  await network.build(['a', 'b', 'client'])
  await network.plug('a', 'eth1')
  hosts = ['a', 'b'].map(name => network.start(name))
  const [a, b] = hosts as [Host, Host]
  const candidates = ['a', 'b']
  a.tell({ update: { addresses, interfaces: ['eth0', 'eth1'], candidates } })
  b.tell({ update: { addresses, interfaces: ['eth0'], candidates } })
})

test.after.always(() => network.remove())

/** Which interfaces answer for each address, by what the responders say. */
function owners(): ReadonlyMap<string, readonly string[]> {
  const owners = new Map(addresses.map(address => [address, new Set<string>()]))
  for (const { name, said } of hosts) {
    for (const event of said) {
      if (event.type === 'owned') owners.get(event.address)?.add(`${name} ${event.interface}`)
      else if (event.type === 'yielded') owners.get(event.address)?.delete(`${name} ${event.interface}`)
    }
  }
  return new Map(Array.from(owners, ([address, of]) => [address, [...of]]))
}

const eachHasOne = () => [...owners().values()].every(of => of.length === 1)

test.serial('25: one interface answers for each address, and keeps it', async t => {
  await until('each has one owner', eachHasOne)
  const before = owners()
  t.is(new Set([...before.values()].flat()).size, 3, 'all three have some')
  const witness = await network.ask('client', addresses)
  await new Promise(resolve => setTimeout(resolve, 2_000))
  t.deepEqual(owners(), before)
  const answered = await witness.lap()
  t.deepEqual(
    [...answered.values()].map(({ owners }) => owners.length),
    addresses.map(() => 1),
  )
})

test.serial('26: an interface is gone, and what it answered for is answered on the others', async t => {
  await network.ip('a', 'link set eth1 down')
  await until('it owns nothing', () => ![...owners().values()].flat().includes('a eth1'))
  await until('each has one owner', eachHasOne)
  t.false([...owners().values()].flat().includes('a eth1'))
})
