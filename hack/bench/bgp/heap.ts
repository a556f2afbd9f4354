/** Prints the bytes of heap, garbage aside, that the inspected Node process of this network namespace uses. */
import { inspect } from '../inspector.ts'

const { call, close } = await inspect()
await call('HeapProfiler.collectGarbage')
const { usedSize } = (await call('Runtime.getHeapUsage')) as { readonly usedSize: number }
console.log(usedSize)
close()
