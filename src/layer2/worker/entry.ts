/** The worker thread of layer 2. It blocks in `poll`, so nothing that waits for an event loop works here. */
import { workerData } from 'node:worker_threads'
import { SystemError } from '../socket/libc.ts'
import { becomeRealTime } from '../socket/realtime.ts'
import { Loop } from './loop.ts'
import type { Report, WorkerOptions } from './mail.ts'

const options = workerData as WorkerOptions
try {
  becomeRealTime()
} catch (error) {
  if (!(error instanceof SystemError)) throw error
  options.port.postMessage([{ type: 'notRealTime', why: error.message }] satisfies Report[])
}
new Loop(options, () => performance.now()).run()
