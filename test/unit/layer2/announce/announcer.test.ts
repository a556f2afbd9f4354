import test from 'ava'
import { aFrame } from '../wire/beats.ts'
import { claimOf, macOf, Play, stranger } from './play.ts'

for (const vip of ['192.0.2.16', '2001:db8::10']) {
  test(`32: ${vip}: taken over, it is answered and announced at once, some times more, and then about every minute`, t => {
    const play = new Play()
    play.announcer.own(vip, 'OwnerLost', 0)
    play.pass(180_000)
    t.deepEqual(play.times('answer', vip), [0])
    t.deepEqual(play.times('announce', vip), [0, 200, 1_000, 3_000, 63_000, 123_000])
  })

  test(`30: ${vip}: had by nobody before, it is asked for before it is answered and announced`, t => {
    const play = new Play()
    play.announcer.own(vip, 'Vacant', 0)
    play.pass(1_000)
    t.deepEqual(play.times('probe', vip), [0, 60, 120])
    t.deepEqual(play.times('answer', vip), [200])
    t.deepEqual(play.times('announce', vip), [200, 400])
    t.deepEqual(play.told(vip), [])
  })

  test(`30: ${vip}: while a stranger has it this node keeps silent, and begins once it is free`, t => {
    const play = new Play()
    play.announcer.own(vip, 'Vacant', 0)
    let isThere = true
    let probes = 0
    play.pass(40_000, () => {
      const asked = play.times('probe', vip).length > probes
      probes = play.times('probe', vip).length
      if (asked && isThere) play.announcer.saw(vip, stranger, play.now)
      if (play.now === 25_000) isThere = false
    })
    t.deepEqual(play.times('probe', vip), [0, 10_010, 20_020, 30_030, 30_090, 30_150, 33_230])
    t.deepEqual(play.times('answer', vip), [30_230])
    t.deepEqual(play.times('announce', vip).slice(0, 2), [30_230, 30_430])
    t.deepEqual(play.told(vip), [
      [10, { type: 'conflict', mac: stranger }],
      [30_230, undefined],
    ])
  })

  test(`30: ${vip}: a host that asks for it at the same time is a stranger, too`, t => {
    const play = new Play()
    play.announcer.own(vip, 'Vacant', 0)
    play.pass(100)
    play.announcer.sawProbe(vip, stranger, play.now)
    play.pass(1_000)
    t.deepEqual(play.times('announce', vip), [])
    t.deepEqual(play.told(vip), [[100, { type: 'conflict', mac: stranger }]])
  })

  test(`30: ${vip}: a host that asks for what is announced has its answer`, t => {
    const play = new Play()
    play.announcer.own(vip, 'OwnerLost', 0)
    play.pass(100)
    play.announcer.sawProbe(vip, stranger, play.now)
    play.pass(5_000)
    t.deepEqual(play.told(vip), [])
  })

  test(`30: ${vip}: a stranger that comes later is told, not fought, and told to be gone`, t => {
    const play = new Play()
    play.announcer.own(vip, 'OwnerLost', 0)
    play.pass(10_000)
    play.announcer.saw(vip, stranger, play.now)
    play.pass(60_000)
    t.deepEqual(play.told(vip), [
      [11_000, { type: 'conflict', mac: stranger }],
      [41_000, undefined],
    ])
    t.deepEqual(play.times('announce', vip), [0, 200, 1_000, 3_000, 63_000])
    t.deepEqual(play.times('probe', vip), [3_000, 11_000, 21_000, 31_000, 63_000])
  })

  test(`30: ${vip}: a stranger that still answers is still there`, t => {
    const play = new Play()
    play.announcer.own(vip, 'OwnerLost', 0)
    let probes = 0
    play.pass(300_000, () => {
      const count = play.times('probe', vip).length
      if (count > probes) play.announcer.saw(vip, stranger, play.now)
      probes = count
    })
    t.deepEqual(play.told(vip), [[4_010, { type: 'conflict', mac: stranger }]])
  })
}

const vip = '192.0.2.16'

test('30: a member whose kernel answers, too, is told by name once it is seen to go on', t => {
  const play = new Play()
  play.hears('node2')
  play.announcer.own(vip, 'OwnerLost', 0)
  play.announcer.saw(vip, macOf('node2'), 0)
  play.pass(2_000)
  t.deepEqual(play.told(vip), [], 'it may have had the VIP until now')
  play.announcer.saw(vip, macOf('node2'), play.now)
  play.pass(60_000)
  t.deepEqual(play.told(vip), [
    [2_000, { type: 'strictArpDisabled', node: 'node2', mac: macOf('node2') }],
    [31_000, undefined],
  ])
})

test('30: that kernels of members answer does not keep this node from beginning', t => {
  const play = new Play()
  play.hears('node2')
  play.announcer.own(vip, 'Vacant', 0)
  play.pass(3_000, () => play.announcer.saw(vip, macOf('node2'), play.now))
  t.deepEqual(play.times('answer', vip), [200])
  t.like(play.told(vip)[0]?.[1], { type: 'strictArpDisabled', node: 'node2' })
})

test('30: a member that claims the VIP is no stranger', t => {
  const play = new Play()
  play.hears('node2')
  play.claims.add(`node2 ${vip}`)
  play.announcer.own(vip, 'OwnerLost', 0)
  play.pass(10_000, () => play.announcer.saw(vip, macOf('node2'), play.now))
  t.deepEqual(play.told(vip), [])
})

test('30: nor is one whose first heartbeat comes after its announcement', t => {
  const play = new Play()
  play.announcer.own(vip, 'OwnerLost', 0)
  play.pass(10_000)
  play.announcer.saw(vip, macOf('node2'), play.now)
  play.pass(100)
  play.hears('node2')
  play.pass(60_000)
  t.deepEqual(play.told(vip), [])
})

test('30: of several strangers the first is told, and a host that is no member before a member', t => {
  const play = new Play()
  play.hears('node2')
  play.announcer.own(vip, 'OwnerLost', 0)
  play.pass(5_000, () => play.announcer.saw(vip, macOf('node2'), play.now))
  play.pass(25_000, () => {
    for (const mac of [stranger, '02:00:00:00:99:98', macOf('node2')]) play.announcer.saw(vip, mac, play.now)
  })
  t.deepEqual(
    play.told(vip).map(([, trouble]) => trouble),
    [
      { type: 'strictArpDisabled', node: 'node2', mac: macOf('node2') },
      { type: 'conflict', mac: stranger },
    ],
  )
})

test('30: a VIP that is given up has no trouble any more', t => {
  const play = new Play()
  play.announcer.own(vip, 'Vacant', 0)
  play.pass(50)
  play.announcer.saw(vip, stranger, play.now)
  play.pass(50)
  play.announcer.yield(vip, play.now)
  play.announcer.saw(vip, stranger, play.now)
  play.pass(60_000)
  t.deepEqual(play.told(vip), [
    [50, { type: 'conflict', mac: stranger }],
    [10_050, undefined],
  ])
  t.deepEqual(play.times('answer', vip), [])
  t.deepEqual(play.times('probe', vip), [0])
})

test('30: what is over before it could be told again is not told', t => {
  const play = new Play()
  const ownWhatIsTaken = () => {
    play.announcer.own(vip, 'Vacant', play.now)
    play.announcer.saw(vip, stranger, play.now)
    play.pass(1_000)
  }
  ownWhatIsTaken()
  play.announcer.yield(vip, play.now)
  ownWhatIsTaken()
  play.pass(9_000)
  t.deepEqual(play.told(vip), [[0, { type: 'conflict', mac: stranger }]])
})

test('30: a VIP that comes back has none of its old troubles', t => {
  const play = new Play()
  play.announcer.own(vip, 'OwnerLost', 0)
  play.pass(5_000)
  play.hears('node3', [], [{ vip, owner: 'node1' }])
  play.announcer.saw(vip, stranger, play.now)
  play.pass(5_000)
  play.announcer.yield(vip, play.now)
  play.pass(20_000)
  t.is(play.told(vip).at(-1)?.[1], undefined)
  const before = play.told(vip).length
  play.announcer.own(vip, 'OwnerLost', play.now)
  play.pass(5_000)
  play.announcer.saw(vip, '02:00:00:00:99:98', play.now)
  play.pass(35_000)
  t.deepEqual(
    play
      .told(vip)
      .slice(before)
      .map(([, trouble]) => trouble),
    [{ type: 'conflict', mac: '02:00:00:00:99:98' }, undefined],
  )
})

test('30: a MAC that a member had before is a stranger’s', t => {
  const play = new Play()
  play.hears('node2')
  play.announcer.heard({ frame: { ...aFrame, node: 'node2' }, mac: macOf('node7'), unseen: [] }, play.now)
  play.announcer.own(vip, 'OwnerLost', 0)
  play.announcer.saw(vip, macOf('node2'), 0)
  play.pass(2_000)
  t.deepEqual(play.told(vip), [[1_000, { type: 'conflict', mac: macOf('node2') }]])
})

test('30: of an incarnation that is over neither the MAC nor anything else is taken', t => {
  const play = new Play()
  play.hears('node2')
  play.announcer.own(vip, 'OwnerLost', 0)
  play.pass(5_000)
  const before = { ...aFrame, node: 'node2', incarnation: aFrame.incarnation - 1 }
  play.announcer.heard({ frame: before, mac: macOf('node7'), unseen: [{ vip, owner: 'node1' }] }, play.now)
  play.pass(5_000, () => play.announcer.saw(vip, macOf('node2'), play.now))
  t.deepEqual(play.told(vip), [[6_010, { type: 'strictArpDisabled', node: 'node2', mac: macOf('node2') }]])
})

test('27, 32: nothing is announced any more once it is another’s', t => {
  const play = new Play()
  play.announcer.own(vip, 'OwnerLost', 0)
  play.pass(500)
  play.announcer.yield(vip, play.now)
  play.pass(200_000)
  t.deepEqual(play.times('announce', vip), [0, 200])
})

test('25, 32: what another had too, out of hearing, is announced anew', t => {
  const play = new Play()
  play.announcer.own(vip, 'OwnerLost', 0)
  play.pass(20_000)
  play.hears('node2', [claimOf('node2', vip)])
  play.pass(500)
  play.hears('node2', [claimOf('node2', vip)])
  play.pass(4_500)
  t.deepEqual(play.times('announce', vip), [0, 200, 1_000, 3_000, 20_000, 20_200, 21_000, 23_000])
})

test('a flood of what strangers say is told a few times a second', t => {
  const play = new Play()
  const vips = Array.from({ length: 1_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`)
  for (const vip of vips) play.announcer.own(vip, 'OwnerLost', 0)
  play.pass(5_000)
  let count = 0
  play.pass(10_000, () => {
    for (let i = 0; i < 20; i++) {
      count += 1
      const mac = `02:00:00:00:${(count & 255).toString(16).padStart(2, '0')}:77`
      play.announcer.saw(vips[count % vips.length] as string, mac, play.now)
    }
  })
  const told = play.happened.filter(({ type }) => type === 'trouble')
  t.true(told.length > 100 && told.length <= 50 + 10 * 50, `${told.length}`)
})
