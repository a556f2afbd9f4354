import { PassThrough } from 'node:stream'
import test from 'ava'
import { progress } from '../../../src/cli/output/progress.ts'

function terminal(isTTY: boolean) {
  let written = ''
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80, cursorTo: () => true, clearLine: () => true })
  stream.on('data', (chunk: Buffer) => {
    written += chunk.toString()
  })
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => written }
}

test('a bar tells how much of all kinds together has been read, and is gone at the end', t => {
  const { stream, written } = terminal(true)
  const bar = progress(stream)
  bar.paged({ plural: 'services' }, 500, 700)
  t.regex(written(), /500\/1200 objects/)
  bar.paged({ plural: 'virtualips' }, 300, 0)
  bar.paged({ plural: 'services' }, 1200, 0)
  bar.end()
  t.regex(written(), /1500\/1500 objects/)
})

for (const [title, isTTY, remaining] of [
  ['where one page has it all', true, 0],
  ['when it is not a terminal that one looks at', false, 700],
] as const) {
  test(`there is no bar ${title}`, t => {
    const { stream, written } = terminal(isTTY)
    const bar = progress(stream)
    bar.paged({ plural: 'services' }, 500, remaining)
    bar.end()
    t.is(written(), '')
  })
}
