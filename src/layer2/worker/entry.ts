/** The worker thread of layer 2. It blocks in `poll`, so nothing that waits for an event loop works here. */
import { workerData } from 'node:worker_threads'
import { Loop } from './loop.ts'
import type { WorkerOptions } from './mail.ts'

new Loop(workerData as WorkerOptions, () => performance.now()).run()
