import test from 'ava'
import { poolTold } from '../../../src/controller/poolstatus.ts'
import { allocator, eip } from '../ipam/fixtures.ts'

const told = (name: string, ...eips: ReturnType<typeof eip>[]) => {
  const { counts, findings } = poolTold(eips.find(({ metadata }) => metadata.name === name) as never, allocator(eips))
  const { status, reason, message } = findings[0] ?? {}
  return { ready: counts.ready, status, reason, message }
}

test('14: an Eip that is in force says so', t => {
  t.deepEqual(told('a', eip('a', '10.0.0.0/24')), {
    ready: true,
    status: 'True',
    reason: 'Ready',
    message: 'Addresses are given out of it.',
  })
})

test('35: an Eip of which a range cannot be read is not Ready, and names it', t => {
  t.deepEqual(told('a', eip('a', '10.0.0.9-10.0.0.1')), {
    ready: false,
    status: 'False',
    reason: 'Reversed',
    message: 'A range cannot be read: "10.0.0.9-10.0.0.1" ends before it begins.',
  })
})

test('4, 35: of two Eips that overlap the younger is not Ready, and says what is given out of which other', t => {
  const eips = [
    eip('young', '10.0.0.128/25', { addresses: ['10.0.2.1'], created: '2026-01-03T00:00:00Z' }),
    eip('old', '10.0.0.0-10.0.0.130', { created: '2026-01-01T00:00:00Z' }),
    eip('middle', '10.0.2.0/24', { created: '2026-01-02T00:00:00Z' }),
  ]
  t.is(told('old', ...eips).reason, 'Ready')
  t.is(told('middle', ...eips).reason, 'Ready')
  t.deepEqual(told('young', ...eips), {
    ready: false,
    status: 'False',
    reason: 'OverlapsOlderEip',
    message:
      'What it has in common with older Eips is given out of those only: 10.0.0.128-10.0.0.130 of Eip old; 10.0.2.1 of Eip middle.',
  })
})
