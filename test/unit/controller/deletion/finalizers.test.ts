import test from 'ava'
import { finalizers as names } from '../../../../src/api/names.ts'
import { finalizersOf } from '../../../../src/controller/deletion/finalizers.ts'

const { inUse: ours, openelbEip, openelbBgp } = names
const others = 'example.org/others'
const used = { inUse: true, leaving: false }
const unused = { inUse: false, leaving: false }
const uninstalled = { inUse: true, leaving: true }
const deletionTimestamp = '2026-01-02T00:00:00Z'

const cases = [
  ['in use: ours is put on', [others], used, [others, ours]],
  ['in use, as before: nothing changes', [ours, others], used, [ours, others]],
  ['not in use any more: ours comes off', [ours, others], unused, [others]],
  ['OpenELB may be there: its own stays', [openelbEip], unused, [openelbEip]],
  ['uninstalled: all comes off that nobody would take off', [openelbEip, ours, others], uninstalled, [others]],
] as const

for (const [what, finalizers, standing, expected] of cases) {
  test(`9: ${what}`, t => t.deepEqual(finalizersOf({ finalizers }, standing), expected))
}

const deleting = [
  ['in use: it waits', [ours, others], used, [ours, others]],
  ['in use: OpenELB’s does as well, as the API server takes no other now', [openelbEip], used, [openelbEip]],
  ['without any it cannot be kept', [], used, []],
  ['not in use: ours and OpenELB’s come off', [openelbBgp, others, openelbEip, ours], unused, [others]],
  ['uninstalled: it waits for nobody', [ours, others], uninstalled, [others]],
] as const

for (const [what, finalizers, standing, expected] of deleting) {
  test(`9: being deleted, ${what}`, t =>
    t.deepEqual(finalizersOf({ finalizers, deletionTimestamp }, standing), expected))
}

test('9: what has no finalizers and needs none is as it is', t => {
  t.deepEqual(finalizersOf({}, unused), [])
  t.deepEqual(finalizersOf({ deletionTimestamp }, uninstalled), [])
})
