/** docs/behaviours.md and the titles of tests, which name its numbers. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** What is expected, by its number; an item is wrapped. */
const behaviours = new Map(
  [...readFileSync(join(root, 'docs/behaviours.md'), 'utf8').matchAll(/^(\d+)\. (.+(?:\n {4}.+)*)/gm)].map(
    ([, number, text = '']) => [Number(number), text] as const,
  ),
)

/** Every number that a title begins with: `7: …`, `1, 10: …`. */
const shown = new Set(
  globSync('test/**/*.test.ts', { cwd: root })
    .flatMap(file => [...readFileSync(join(root, file), 'utf8').matchAll(/['"`](\d+(?:, \d+)*): /g)])
    .flatMap(([, numbers = '']) => numbers.split(', ').map(Number)),
)

test('behaviours are numbered without a gap', t => {
  t.deepEqual(
    [...behaviours.keys()],
    [...behaviours.keys()].map((_, index) => index + 1),
  )
})

test('each behaviour is shown by a test, but for those that are not there yet', t => {
  const without = [...behaviours].filter(([number]) => !shown.has(number)).map(([, text]) => text)
  t.true(
    without.every(text => text.endsWith(': not yet')),
    without.join('\n'),
  )
})

test('a title that begins with a number means a behaviour', t => {
  t.deepEqual(
    [...shown].filter(number => !behaviours.has(number)),
    [],
  )
})
