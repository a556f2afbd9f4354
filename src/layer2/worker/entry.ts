/** The worker thread of layer 2. It blocks in `poll`, so nothing that waits for an event loop works here. */
import { workerData } from 'node:worker_threads'
import { SystemError } from '../socket/libc.ts'
import { becomeRealTime, mayBeRealTime } from '../socket/realtime.ts'
import { Loop } from './loop.ts'
import type { Report, WorkerOptions } from './mail.ts'

const options = workerData as WorkerOptions
try {
  becomeRealTime()
} catch (error) {
  if (!(error instanceof SystemError)) throw error
  const why = mayBeRealTime() ? 'its control group has no share of real time' : 'CAP_SYS_NICE is missing'
  options.port.postMessage([{ type: 'notRealTime', why }] satisfies Report[])
}
new Loop(options, () => performance.now()).run()
