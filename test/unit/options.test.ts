import test from 'ava'
import { commandLine, type Start } from '../../src/options.ts'

/** What the roles are started with. Throws what commander would have said before it ended the process. */
function parsed(...argv: readonly string[]): Start | undefined {
  let start: Start | undefined
  const program = commandLine('0.0.0', what => {
    start = what
  })
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} })
  }
  program.parse(argv, { from: 'user' })
  return start
}

const bindAddress = (text: string) =>
  parsed('controller', `--health-probe-bind-address=${text}`)?.options.healthProbeBindAddress

test('nothing is served unless it is said where', t => {
  t.is(parsed('controller')?.options.healthProbeBindAddress, undefined)
})

for (const [text, host, port] of [
  ['127.0.0.1:7473', '127.0.0.1', 7473],
  [':8081', '::', 8081],
  ['[::1]:8081', '::1', 8081],
  ['[fd00::a]:1', 'fd00::a', 1],
  ['localhost:65535', 'localhost', 65_535],
] as const) {
  test(`probes are served at ${text}`, t => {
    t.deepEqual(bindAddress(text), { host, port })
  })
}

for (const text of ['', '8081', '::1:8081', '127.0.0.1:', '127.0.0.1:65536', '127.0.0.1:http', '[::1]']) {
  test(`"${text}" is no address to serve probes at`, t => {
    t.throws(() => bindAddress(text), { message: /It has to be HOST:PORT or :PORT\./ })
  })
}
