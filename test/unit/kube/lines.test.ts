import test from 'ava'
import fc from 'fast-check'
import { lines } from '../../../src/kube/lines.ts'

async function read(bytes: Uint8Array, cuts: readonly number[]): Promise<string[]> {
  const ends = [...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  async function* chunks() {
    let start = 0
    for (const end of ends) {
      yield bytes.subarray(start, end)
      start = end
    }
  }
  const read: string[] = []
  for await (const line of lines(chunks())) read.push(line)
  return read
}

test('lines are the same however the bytes are cut, also within a character', async t => {
  const line = fc.string({ unit: 'grapheme' }).map(text => text.replaceAll('\n', ''))
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (texts, cuts) => {
      const bytes = new TextEncoder().encode(texts.map(text => `${text}\n`).join(''))
      t.deepEqual(await read(bytes, cuts), texts)
    }),
  )
})

test('half a line at the end is no line', async t => {
  t.deepEqual(await read(new TextEncoder().encode('{"a":1}\n{"b":'), []), ['{"a":1}'])
})
