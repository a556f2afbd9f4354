import test from 'ava'
import { commandLine } from '../../../src/cli/commandline.ts'
import { complete, type Values, wire } from '../../../src/cli/completion/complete.ts'

const unused = () => Promise.reject(new Error('the test runs no command'))
const program = commandLine('fairlead', '0.0.0', { list: unused, explain: unused, script: () => {}, complete: unused })

/** What was asked for, and by which flags. */
const values: Values = async (what, flags) => [`${what}1`, [what, ...flags.values()].join('-')]

const typed = async (...words: readonly string[]) =>
  (await complete(program, words, values)).candidates.map(({ value }) => value)

for (const [words, expected] of [
  [[''], ['vips', 'pools', 'peers', 'explain', 'completion', 'help']],
  [['p'], ['pools', 'peers']],
  [['pools', ''], []],
  [
    ['pools', '--'],
    ['--output', '--watch', '--kubeconfig', '--context', '--help'],
  ],
  [['vips', '--na'], ['--namespace']],
  [['pools', '--na'], []],
  [
    ['vips', '-o', ''],
    ['json', 'wide'],
  ],
  [['vips', '--output', 'w'], ['wide']],
  [['vips', '--output=w'], ['--output=wide']],
  [['vips', '--output', '=', 'w'], ['wide']],
  [
    ['vips', '--output', '='],
    ['json', 'wide'],
  ],
  [['vips', '-w', '-o', 'j'], ['json']],
  [
    ['vips', '-n', ''],
    ['namespace1', 'namespace'],
  ],
  [
    ['explain', ''],
    ['service1', 'service'],
  ],
  [['explain', 'x'], []],
  [['explain', 'default/web', ''], []],
  [
    ['explain', '-n', 'default', ''],
    ['service1', 'service-default'],
  ],
  [
    ['explain', '--namespace=default', '--watch', ''],
    ['service1', 'service-default-'],
  ],
  [
    ['explain', '--context', 'c', '-n', ''],
    ['namespace1', 'namespace-c'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['nonsense', ''], []],
] as const) {
  test(`fairlead ${words.join(' ')}⇥ goes on with ${expected.join(', ') || 'nothing'}`, async t => {
    t.deepEqual(await typed(...words), [...expected])
  })
}

test('a file is for the shell to complete', async t => {
  t.is((await complete(program, ['vips', '--kubeconfig', ''], values)).directive, 0)
})

test('what kubectl reads: a candidate a line, a tab and what it is, then the directive', async t => {
  const text = wire(await complete(program, ['pee'], values))
  t.is(text, 'peers\tevery BGP session of every node\n:4\n')
  t.is(wire(await complete(program, ['vips', '-o', 'j'], values)), 'json\n:4\n')
})
