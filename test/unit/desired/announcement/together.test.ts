import test from 'ava'
import type { Announcement } from '../../../../src/desired/announcement/announcement.ts'
import { together } from '../../../../src/desired/announcement/together.ts'

const announced = (by: string | undefined): Announcement => ({
  announced: true,
  reason: 'Announced',
  message: 'Announced.',
  ...(by !== undefined && { by }),
})
const none: Announcement = { announced: false, reason: 'NoEndpoints', message: 'It has no endpoint.', by: '' }

test('13: of one Service, what is said of it', t => {
  t.is(together(new Map([['default/web', none]])), none)
})

test('8, 13: an address is announced as soon as for one of those who share it, and each is named', t => {
  const each = new Map([
    ['default/a', none],
    ['default/b', announced('node2,node3')],
    ['default/c', announced('node1,node2')],
  ])
  t.deepEqual(together(each), {
    announced: true,
    reason: 'Announced',
    message: 'default/a: It has no endpoint. default/b: Announced. default/c: Announced.',
    by: 'node1,node2,node3',
  })
})

test('8, 12: it is announced for none: the first says why, and each is named', t => {
  const other: Announcement = { ...none, reason: 'NoSpeaker', message: 'There is no speaker.' }
  t.deepEqual(together(new Map(Object.entries({ 'default/a': other, 'default/b': none }))), {
    announced: false,
    reason: 'NoSpeaker',
    message: 'default/a: There is no speaker. default/b: It has no endpoint.',
    by: '',
  })
})

test('8, 13: who announces is left to the owner to say where it does', t => {
  t.false('by' in together(new Map(Object.entries({ 'default/a': none, 'default/b': announced(undefined) }))))
})
