/**
 * The lines of a stream of UTF-8, without their ends. What follows the last newline is not a line: a watch that breaks
 * off leaves half an object there.
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let begun = ''
  for await (const chunk of chunks) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n')
    const last = parts.pop() ?? ''
    for (const part of parts) {
      yield begun + part
      begun = ''
    }
    begun += last
  }
}
