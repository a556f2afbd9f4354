/** What the main thread and the worker tell each other. */
import type { MessagePort } from 'node:worker_threads'
import type { ResponderEvent, Vip } from '../responder.ts'
import type { Bell } from '../socket/eventfd.ts'

export interface WorkerOptions {
  /** The name of this node. */
  readonly node: string
  /** What all responders of the cluster authenticate their heartbeats with. */
  readonly key: Uint8Array
  readonly port: MessagePort
  /** Rung by the main thread when it has posted something. */
  readonly bell: Bell
  /** The main thread's sign of life. */
  readonly life: SharedArrayBuffer
  /** The worker's own. */
  readonly turns: SharedArrayBuffer
  readonly counters: SharedArrayBuffer
}

export type Order =
  /** These addresses are to be taken part in like this; undefined: no more. */
  | { readonly type: 'update'; readonly addresses: readonly string[]; readonly vip: Vip | undefined }
  /** The interfaces to be used, with VIPs or without. */
  | { readonly type: 'attend'; readonly interfaces: readonly string[] }
  | { readonly type: 'able'; readonly able: boolean }
  | { readonly type: 'leave' }
  | { readonly type: 'close' }

export type Report =
  | ResponderEvent
  /** The interface is there, with this index; undefined: not any more. */
  | { readonly type: 'index'; readonly interface: string; readonly index: number | undefined }
  /** Nothing is answered for any more, as was asked for with `leave`. */
  | { readonly type: 'left' }
