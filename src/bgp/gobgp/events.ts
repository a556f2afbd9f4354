import { Metadata } from '@grpc/grpc-js'
import { Observable, repeat, share, timer } from 'rxjs'
import type { GoBgpServiceClient } from '../../../proto/generated/api/GoBgpService.ts'
import type { WatchEventResponse__Output } from '../../../proto/generated/api/WatchEventResponse.ts'
import type { RouterError, RouterEvent } from '../router.ts'
import { type Failure, toRouterError } from './call.ts'
import { RECONNECT_MS } from './client.ts'

/** Until a gobgpd that does not know these events is asked again: its place may have been taken by another. */
const INCOMPATIBLE_MS = 1_000

/**
 * What RouterEvent says, for as long as somebody listens. The stream of events is itself the sign of life: gobgpd
 * answers it at once with the peers that it has, and it breaks when the process ends.
 *
 * @param what begins every message
 * @param refused told with each attempt if gobgpd is of a version that knows no such events
 */
export function watchEvents(
  client: GoBgpServiceClient,
  what: string,
  refused: (error: RouterError | undefined) => void,
): Observable<RouterEvent> {
  let pause = RECONNECT_MS
  return new Observable<RouterEvent>(subscriber => {
    let connected = false
    const stream = client.watchEvent({ peer: {} }, new Metadata({ waitForReady: true }))
    stream.on('data', ({ peer }: WatchEventResponse__Output) => {
      if (peer?.type === 'TYPE_STATE') subscriber.next({ type: 'session' })
      if (peer?.type !== 'TYPE_END_OF_INIT') return
      connected = true
      refused(undefined)
      subscriber.next({ type: 'connected' })
    })
    const end = (failure?: Failure) => {
      // What fails ends as well.
      if (subscriber.closed) return
      const error = failure && toRouterError(what, failure)
      const incompatible = error?.reason === 'Incompatible'
      refused(incompatible ? error : undefined)
      pause = incompatible ? INCOMPATIBLE_MS : RECONNECT_MS
      if (connected || incompatible) subscriber.next({ type: 'disconnected' })
      connected = false
      subscriber.complete()
    }
    stream.on('error', end)
    stream.on('end', end)
    return () => stream.cancel()
  }).pipe(repeat({ delay: () => timer(pause) }), share())
}
