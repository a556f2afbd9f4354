/** Others that have a VIP, or whose kernels answer for it. */
import test from 'ava'
import { binary } from '../../../hack/binaries.ts'
import { exec } from '../../../hack/lab/exec.ts'
import { type Host, Network, until } from './network.ts'

const network = new Network('fl-strangers')
let hosts: readonly Host[] = []

const events = (host: Host, type: string, address: string) =>
  host.said.filter(event => event.type === type && 'address' in event && event.address === address)

function take(addresses: readonly string[]): void {
  for (const host of hosts) host.tell({ update: { addresses, interfaces: ['eth0'], candidates: ['a'] } })
}

test.before(async () => {
  await network.build(['a', 'b', 'stranger'])
  hosts = [network.start('a'), network.start('b')]
})

test.after.always(() => network.remove())

test.serial(
  '30: taken before it is announced: told, with the MAC, and kept silent about until the stranger is gone',
  async t => {
    const [a] = hosts as [Host, Host]
    const vips = ['10.67.1.1', 'fd67::1:1']
    const address = ([four, six]: readonly string[], verb: string) => [
      `address ${verb} ${four}/32 dev eth0`,
      `address ${verb} ${six}/128 dev eth0${verb === 'add' ? ' nodad' : ''}`,
    ]
    for (const line of address(vips, 'add')) await network.ip('stranger', line)
    take(vips)
    for (const vip of vips) {
      await until(`${vip} is told`, () => events(a, 'conflict', vip).length > 0)
      t.like(events(a, 'conflict', vip)[0], { interface: 'eth0', mac: await network.mac('stranger') })
      t.deepEqual(events(a, 'owned', vip), [])
    }
    for (const line of address(vips, 'delete')) await network.ip('stranger', line)
    for (const vip of vips) {
      await until(`${vip} is announced`, () => events(a, 'owned', vip).length > 0)
      t.true(events(a, 'cleared', vip).length > 0)
    }
  },
)

test.serial('30: taken while it is announced: told, and not fought over', async t => {
  const [a] = hosts as [Host, Host]
  const vip = '10.67.1.2'
  take([vip])
  await until('it is announced', () => events(a, 'owned', vip).length > 0)
  await network.ip('stranger', `address add ${vip}/32 dev eth0`)
  await network.run('stranger', ['arping', '-c', '1', '-U', '-S', vip, '-i', 'eth0', vip]).catch(() => {})
  await until('it is told', () => events(a, 'conflict', vip).length > 0)
  t.like(events(a, 'conflict', vip)[0], { mac: await network.mac('stranger') })
  t.true(a.owned().has(vip))
})

test.serial("30: a member's own kernel answers: told, with its name", async t => {
  const [a] = hosts as [Host, Host]
  const vip = '10.67.1.3'
  await network.ip('b', `address add ${vip}/32 dev eth0`)
  take([vip])
  await until('it is told', () => events(a, 'strictArpDisabled', vip).length > 0)
  t.like(events(a, 'strictArpDisabled', vip)[0], { node: 'b', mac: await network.mac('b') })
  t.true(a.owned().has(vip))
})

test.serial('30: a switch drops what an owner announces: told, with who noticed', async t => {
  const [a] = hosts as [Host, Host]
  const vips = ['10.67.1.4', 'fd67::1:4']
  t.false(a.said.some(({ type }) => type === 'filtered'))
  // As a switch does that inspects ARP and Neighbor Discovery: heartbeats pass.
  const filter = [
    'add table bridge switch',
    'add chain bridge switch forward { type filter hook forward priority 0; }',
    'add rule bridge switch forward iifname "a" ether type arp drop',
    'add rule bridge switch forward iifname "a" icmpv6 type { nd-neighbor-advert, nd-neighbor-solicit } drop',
  ].join('\n')
  await exec([binary('nft'), '--file', '-'], { namespace: network.namespace('bridge'), input: filter })
  take(vips)
  for (const vip of vips) {
    await until('it is told', () => events(a, 'filtered', vip).length > 0)
    t.like(events(a, 'filtered', vip)[0], { interface: 'eth0', by: ['b'] })
    t.true(a.owned().has(vip))
  }
})
