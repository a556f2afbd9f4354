import test from 'ava'
import { type GroupSocket, SolicitedNodeGroups } from '../../../src/layer2/groups.ts'

const JOIN = 20
const LEAVE = 21

/** Sockets that hold so many memberships each, and refuse what `refuses` says. */
function world(most: number, refuses = (_key: string): boolean => false) {
  const sockets: Set<string>[] = []
  const open = (): GroupSocket => {
    const members = new Set<string>()
    sockets.push(members)
    return {
      setOption(_level, option, buffer) {
        const key = `${buffer.toString('hex', 0, 16)}%${buffer.readInt32LE(16)}`
        if (option === LEAVE) members.delete(key)
        else if (option === JOIN && (members.size === most || refuses(key))) throw new Error('Cannot allocate memory')
        else members.add(key)
      },
      close: () => members.clear(),
    }
  }
  const reported: string[] = []
  const groups = new SolicitedNodeGroups(open, (_, address, name) => reported.push(`${address} ${name}`))
  return { groups, reported, joined: () => sockets.flatMap(members => [...members]).toSorted(), sockets }
}

const group = (last: string, index: number) => `ff0200000000000000000001ff${last}%${index}`

test('the group of the last 24 bits is joined on each interface that the VIP names, once it is there', t => {
  const { groups, joined } = world(10)
  groups.setVip('fd67::1:2345', ['eth0', 'eth1'])
  t.deepEqual(joined(), [])
  groups.setInterface('eth0', 2)
  t.deepEqual(joined(), [group('012345', 2)])
  groups.setInterface('eth1', 3)
  t.deepEqual(joined(), [group('012345', 2), group('012345', 3)])
})

test('IPv4 has no such groups', t => {
  const { groups, joined } = world(10)
  groups.setInterface('eth0', 2)
  groups.setVip('10.0.0.1', ['eth0'])
  t.deepEqual(joined(), [])
})

test('a group that VIPs share is left with the last of them', t => {
  const { groups, joined } = world(10)
  groups.setInterface('eth0', 2)
  groups.setVip('fd67::1', ['eth0'])
  groups.setVip('fd68::1', ['eth0'])
  groups.setVip('fd67::1', [])
  t.deepEqual(joined(), [group('000001', 2)])
  groups.setVip('fd68::1', [])
  t.deepEqual(joined(), [])
})

test('an interface made anew is joined anew, by its index', t => {
  const { groups, joined } = world(10)
  groups.setVip('fd67::1', ['eth0'])
  groups.setInterface('eth0', 2)
  groups.setInterface('eth0', undefined)
  t.deepEqual(joined(), [])
  groups.setInterface('eth0', 7)
  t.deepEqual(joined(), [group('000001', 7)])
})

test('a VIP that moves to another interface is left on the first', t => {
  const { groups, joined } = world(10)
  groups.setInterface('eth0', 2)
  groups.setInterface('eth1', 3)
  groups.setVip('fd67::1', ['eth0'])
  groups.setVip('fd67::1', ['eth1'])
  t.deepEqual(joined(), [group('000001', 3)])
})

test('where a socket holds no more, there is another; what is left makes room', t => {
  const { groups, joined, sockets } = world(2)
  groups.setInterface('eth0', 2)
  for (let i = 1; i <= 5; i++) groups.setVip(`fd67::${i}`, ['eth0'])
  t.is(joined().length, 5)
  t.is(sockets.length, 3)
  groups.setVip('fd67::1', [])
  groups.setVip('fd67::9', ['eth0'])
  t.is(joined().length, 5)
  t.is(sockets.length, 3)
})

test('a group that cannot be joined is told, and is no trouble when it is left', t => {
  const { groups, reported, joined } = world(10, key => key.endsWith('%2'))
  groups.setInterface('eth0', 2)
  groups.setInterface('eth1', 3)
  groups.setVip('fd67::1', ['eth0', 'eth1'])
  t.deepEqual(reported, ['fd67::1 eth0'])
  t.deepEqual(joined(), [group('000001', 3)])
  t.notThrows(() => groups.setVip('fd67::1', []))
})
