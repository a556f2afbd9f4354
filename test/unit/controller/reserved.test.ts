/** Addresses that are reserved for a Service ahead, or kept after it. */
import test from 'ava'
import { annotations } from '../../../src/api/names.ts'
import type { VirtualIPSpec } from '../../../src/api/virtualip.ts'
import { reservedTold } from '../../../src/controller/virtualipstatus.ts'
import { virtualIPs } from '../../../src/kube/resources.ts'
import { objectName, parseAddress } from '../../../src/net/address.ts'
import { bothFamilies, v4 } from '../ipam/fixtures.ts'
import { Play } from './play.ts'

const nameOf = (address: string) => {
  const parsed = parseAddress(address)
  return parsed === undefined ? address : objectName(parsed)
}

function reserve(play: Play, address: string, name: string, eip = 'a'): void {
  const reserved = { namespace: 'default', name }
  const spec = { address, eip, protocol: 'bgp', services: [], reserved } as const
  play.server.create(virtualIPs, { metadata: { name: nameOf(address) }, spec })
}

const at = (play: Play, address: string): VirtualIPSpec | undefined =>
  play.server.find(virtualIPs, { name: nameOf(address) })?.spec

const keep = { annotated: { [annotations.keepAddress]: 'true' } }

for (const { name, ip, range, ...family } of bothFamilies) {
  const families = [{ name, ip, range, ...family }]

  test(`7: ${name}: an address that is reserved waits for its Service, and again when that is gone`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    reserve(play, ip(1), 'web')
    const leader = play.lead()
    play.service('db', { families })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} [web]`, `${ip(2)} db`])
    t.deepEqual(
      leader.outcomes.get('default/web')?.reserved.map(({ isInEip }) => isInEip),
      [true],
    )
    for (let n = 0; n < 2; n += 1) {
      play.service('web', { families })
      await play.settle()
      t.deepEqual(play.ledger, [`${ip(1)} web [web]`, `${ip(2)} db`])
      t.is(at(play, ip(1))?.services[0]?.uid, play.find('web')?.metadata.uid)
      play.delete('web')
      await play.settle()
      t.deepEqual(play.ledger, [`${ip(1)} [web]`, `${ip(2)} db`])
    }
  })

  test(`7: ${name}: a reservation that is made or taken away helps who waits`, async t => {
    const play = new Play()
    play.eip('a', range(1, 1))
    play.service('first', { families })
    const leader = play.lead()
    await play.settle()
    play.service('old', { families, loadBalancerIP: ip(2) })
    play.service('web', { families, created: '2026-01-02T00:00:00Z' })
    await play.settle()
    t.is(leader.outcomes.get('default/web')?.decision?.failure?.reason, 'PoolExhausted')
    play.eip('a', range(1, 2), { disable: true })
    reserve(play, ip(2), 'web')
    await play.settle()
    t.deepEqual(
      play.ledger,
      [`${ip(1)} first`, `${ip(2)} web [web]`],
      'whoever may reserve may do so of a disabled Eip',
    )
    play.eip('a', range(1, 2), { disable: false })
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} first`, `${ip(2)} [web]`])
    const { failure } = leader.outcomes.get('default/old')?.decision ?? {}
    t.is(failure?.reason, 'AddressReserved')
    t.regex(failure?.message ?? '', /is reserved for default\/web$/)
    play.server.delete(virtualIPs, { name: nameOf(ip(2)) })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} first`, `${ip(2)} old`])
  })

  test(`7: ${name}: a reservation for the next one takes nothing away`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('web', { families })
    play.lead()
    await play.settle()
    const reserved = { namespace: 'default', name: 'next' }
    play.server.change(virtualIPs, { name: nameOf(ip(1)) }, { spec: { reserved } })
    play.service('next', { families })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} web [next]`, `${ip(2)} next`])
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} [next]`, `${ip(2)} next`], 'who has one keeps that')
    play.delete('next')
    await play.settle()
    play.service('next', { families })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} next [next]`], 'a later one of its name has the one that is reserved')
  })

  test(`6: ${name}: an address is kept after a Service that asks for it, until one of its name does not`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('web', { families, ...keep })
    play.lead()
    await play.settle()
    t.deepEqual(at(play, ip(1))?.reserved, { namespace: 'default', name: 'web', kept: true })
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} [web]`])
    play.service('other', { families })
    await play.settle()
    play.service('web', { families })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} web`, `${ip(2)} other`])
    play.change('web', { families, ...keep })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} web [web]`, `${ip(2)} other`])
    play.change('web', { families })
    await play.settle()
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(2)} other`])
  })

  test(`6: ${name}: an address is kept that its Service leaves for another`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.service('web', { families, ...keep })
    play.lead()
    await play.settle()
    play.change('web', { families, ...keep, loadBalancerIP: ip(5) })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} [web]`, `${ip(5)} web [web]`])
    play.change('web', { families, type: 'ClusterIP' })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} [web]`, `${ip(5)} [web]`])
  })

  test(`7: ${name}: an address that is reserved and held goes to none before it is held no more, then to whom it is reserved for`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    play.speaker('node1')
    play.service('web', { families })
    play.lead()
    await play.settle()
    const reserved = { namespace: 'default', name: 'next' }
    play.server.change(virtualIPs, { name: nameOf(ip(1)) }, { spec: { reserved } })
    play.alive.clear()
    await play.pass(30_000)
    play.delete('web')
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} (node1) [next]`])
    for (const name of ['web', 'next']) play.service(name, { families })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} (node1) [next]`, `${ip(2)} web`, `${ip(3)} next`])
    play.delete('next')
    play.alive.add('node1')
    await play.pass(60_000)
    await play.settle()
    play.service('next', { families })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} next [next]`, `${ip(2)} web`])
  })

  test(`7: ${name}: who an address is reserved for has it when the one that had it has left`, async t => {
    for (const isSilent of [false, true]) {
      const play = new Play()
      play.eip('a', range(1, 1))
      play.speaker('node1')
      play.service('first', { families })
      play.lead()
      await play.settle()
      play.service('web', { families })
      const reserved = { namespace: 'default', name: 'web' }
      play.server.change(virtualIPs, { name: nameOf(ip(1)) }, { spec: { reserved } })
      await play.settle()
      if (isSilent) play.alive.clear()
      await play.pass(30_000)
      play.delete('first')
      await play.settle()
      t.deepEqual(play.ledger, [isSilent ? `${ip(1)} (node1) [web]` : `${ip(1)} web [web]`])
      play.alive.add('node1')
      await play.pass(60_000)
      await play.settle()
      t.deepEqual(play.ledger, [`${ip(1)} web [web]`])
    }
  })

  test(`14: ${name}: a reserved address is one in use, and says so; one in no Eip is told`, async t => {
    const play = new Play()
    play.eip('a', range(1, 1))
    reserve(play, ip(1), 'web')
    reserve(play, ip(7), 'far')
    const leader = play.lead()
    await play.settle()
    t.like(leader.allocation.allocator.usage('a'), {
      occupied: true,
      used: new Map([
        [ip(1), 'default/web (reserved)'],
        [ip(7), 'default/far (reserved)'],
      ]),
    })
    t.deepEqual(
      leader.outcomes.get('default/far')?.reserved.map(({ isInEip }) => isInEip),
      [false],
    )
    play.service('far', { families })
    await play.settle()
    t.deepEqual(play.ledger, [`${ip(1)} [web]`, `${ip(7)} [far]`])
  })

  test(`1: ${name}: a reservation does not make another controller’s Service ours`, async t => {
    const play = new Play()
    play.eip('a', range(1, 9))
    reserve(play, ip(1), 'web')
    play.service('web', { families, ingress: [ip(1)] })
    const leader = play.lead()
    await play.settle()
    t.false(leader.outcomes.get('default/web')?.decision?.ours)
    t.deepEqual(play.ledger, [`${ip(1)} [web]`])
  })
}

test('13: a reserved VirtualIP says for whom, and what is wrong with it', t => {
  const said = (isInEip: boolean) => reservedTold('default/web', isInEip)
  t.is(said(true).announcedBy, '')
  t.like(said(true).findings[0], { status: 'False', reason: 'Reserved' })
  t.is(said(true).findings[0]?.message, 'Reserved for default/web, which does not have it now.')
  t.regex(said(false).findings[0]?.message ?? '', /it is in no Eip/)
})

test('8: an address that is reserved can be shared with the Service it is reserved for, and no other', async t => {
  const play = new Play()
  const sharing = { sharing: 'x', loadBalancerIP: v4.ip(1) }
  play.eip('a', v4.range(1, 9))
  reserve(play, v4.ip(1), 'web')
  play.service('dns', { ...sharing, ports: ['53'] })
  play.lead()
  await play.settle()
  t.deepEqual(play.ledger, [`${v4.ip(1)} [web]`])
  play.service('web', { sharing: 'x', ports: ['80'] })
  await play.settle()
  t.deepEqual(play.ledger, [`${v4.ip(1)} web;dns [web]`])
  play.delete('web')
  await play.settle()
  play.delete('dns')
  await play.settle()
  t.deepEqual(play.ledger, [`${v4.ip(1)} [web]`])
})
