import test from 'ava'
import { claimOf, macOf, Play } from './play.ts'

const vip = '192.0.2.16'

/** What a peer says of a claim of node2, every 100 ms, from then on. */
function reportsOf(play: Play, milliseconds: number, eachTurn: () => void = () => undefined): readonly string[] {
  const reports: string[] = []
  play.pass(milliseconds, () => {
    if (play.now % 100 !== 0) return
    eachTurn()
    play.hears('node2')
    for (const { vip, owner } of play.announcer.unseen(play.now)) reports.push(`${play.now} ${vip} ${owner}`)
  })
  return reports
}

test('30: a peer that hears of a claim and sees no announcement says so, until it sees one', t => {
  const play = new Play()
  play.hears('node2', [claimOf('node2', vip)])
  const reports = reportsOf(play, 8_000, () => {
    if (play.now === 5_500) play.announcer.saw(vip, macOf('node2'), play.now)
  })
  t.deepEqual(
    reports,
    [5_000, 5_100, 5_200, 5_300, 5_400].map(at => `${at} ${vip} node2`),
  )
})

test('30: a peer that sees the announcement has nothing to say, however often the claim is said', t => {
  const play = new Play()
  play.hears('node2', [claimOf('node2', vip)])
  const reports = reportsOf(play, 10_000, () => {
    if (play.now === 100) play.announcer.saw(vip, macOf('node2'), play.now)
    if (play.now === 200) play.hears('node2', [claimOf('node2', vip)])
  })
  t.deepEqual(reports, [])
})

const silences: Readonly<Record<string, (play: Play) => void>> = {
  'of which it takes no part': play => play.hears('node2', [claimOf('node2', '198.51.100.1')]),
  'that are told by another': play => play.hears('node3', [claimOf('node2', vip)]),
  'in a list, which may be old': play =>
    play.hears('node2', [claimOf('node2', vip)], [], { list: { index: 0, count: 1 } }),
  'that are said again, and were in a list before': play => {
    play.hears('node2', [claimOf('node2', vip)], [], { list: { index: 0, count: 1 } })
    play.hears('node2', [claimOf('node2', vip)])
  },
  'that are not announced yet': play => play.hears('node2', [{ ...claimOf('node2', vip), announced: false }]),
  'that were released': play => {
    play.hears('node2', [claimOf('node2', vip)])
    play.hears('node2', [{ ...claimOf('node2', vip), state: 'released' }])
  },
  'of a VIP that it has itself by now': play => {
    play.hears('node2', [claimOf('node2', vip)])
    play.announcer.own(vip, 'OwnerLost', 0)
  },
  'of a VIP that is no more': play => {
    play.hears('node2', [claimOf('node2', vip)])
    play.announcer.forget(vip)
  },
  'of a member that is gone': play => play.hears('node3', [claimOf('node3', vip)]),
}

for (const [which, begin] of Object.entries(silences)) {
  test(`30: a peer says nothing of claims ${which}`, t => {
    const play = new Play()
    begin(play)
    t.deepEqual(reportsOf(play, 8_000), [])
  })
}

test('30: a higher claim is waited for anew, and announcements of the one before do not count', t => {
  const play = new Play()
  play.hears('node2', [claimOf('node2', vip, 1)])
  play.pass(4_000)
  play.hears('node2', [claimOf('node2', vip, 2)])
  play.hears('node3', [claimOf('node3', vip, 1)])
  const reports = reportsOf(play, 5_100, () => play.announcer.saw(vip, macOf('node3'), play.now))
  t.deepEqual(reports, [`9000 ${vip} node2`, `9100 ${vip} node2`])
})

test('30: of many unseen VIPs each has its turn', t => {
  const play = new Play()
  const vips = Array.from({ length: 100 }, (_, i) => `10.0.0.${i}`)
  play.hears(
    'node2',
    vips.map(vip => claimOf('node2', vip)),
  )
  const reports = reportsOf(play, 6_000)
  t.true(reports.length <= 11 * 16)
  t.is(new Set(reports.map(report => report.split(' ')[1])).size, 100)
})

test('30: the owner tells who does not see its announcements, and when they do again', t => {
  const play = new Play()
  play.announcer.own(vip, 'OwnerLost', 0)
  play.pass(2_000, () => play.hears('node2', [], [{ vip, owner: 'node1' }]))
  t.deepEqual(play.told(vip), [], 'not all announcements are out')
  play.pass(20_000, () => {
    for (const node of play.now < 5_000 ? ['node3'] : ['node3', 'node2'])
      play.hears(node, [], [{ vip, owner: 'node1' }])
    play.hears(
      'node4',
      [],
      [
        { vip, owner: 'node2' },
        { vip: '192.0.2.99', owner: 'node1' },
      ],
    )
  })
  play.pass(200_000)
  t.deepEqual(play.told(vip), [
    [3_010, { type: 'filtered', by: ['node3'] }],
    [13_010, { type: 'filtered', by: ['node2', 'node3'] }],
    [172_000, undefined],
  ])
})
