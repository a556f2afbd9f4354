/** Keeps the main thread of the inspected Node process of this network namespace busy for 50 ms of every 100, for good. */
import { inspect } from '../inspector.ts'

const expression = `setInterval(() => {
  for (const end = performance.now() + 50; performance.now() < end; );
}, 100).ref !== undefined`

const { call, close } = await inspect()
await call('Runtime.evaluate', { expression })
close()
