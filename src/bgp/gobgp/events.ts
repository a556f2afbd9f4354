import { Metadata } from '@grpc/grpc-js'
import { Observable, repeat, share } from 'rxjs'
import type { GoBgpServiceClient } from '../../../proto/generated/api/GoBgpService.ts'
import type { WatchEventResponse__Output } from '../../../proto/generated/api/WatchEventResponse.ts'
import type { RouterEvent } from '../router.ts'
import { RECONNECT_MS } from './client.ts'

/**
 * What RouterEvent says, for as long as somebody listens. The stream of events is itself the sign of life: gobgpd
 * answers it at once with the peers that it has, and it breaks when the process ends.
 */
export function watchEvents(client: GoBgpServiceClient): Observable<RouterEvent> {
  return new Observable<RouterEvent>(subscriber => {
    let connected = false
    const stream = client.watchEvent({ peer: {} }, new Metadata({ waitForReady: true }))
    stream.on('data', ({ peer }: WatchEventResponse__Output) => {
      if (peer?.type === 'TYPE_STATE') subscriber.next({ type: 'session' })
      if (peer?.type !== 'TYPE_END_OF_INIT') return
      connected = true
      subscriber.next({ type: 'connected' })
    })
    const end = () => {
      if (connected) subscriber.next({ type: 'disconnected' })
      connected = false
      subscriber.complete()
    }
    stream.on('error', end)
    stream.on('end', end)
    return () => stream.cancel()
  }).pipe(repeat({ delay: RECONNECT_MS }), share())
}
