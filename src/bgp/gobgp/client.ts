import { fileURLToPath } from 'node:url'
import * as grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { GoBgpServiceClient } from '../../../proto/generated/api/GoBgpService.ts'
import type { ProtoGrpcType } from '../../../proto/generated/service.ts'

/** A restarted gobgpd is met within this time; connecting in vain over a unix socket costs next to nothing. */
export const RECONNECT_MS = 50

const { api } = grpc.loadPackageDefinition(
  loadSync('gobgp/service.proto', {
    includeDirs: [fileURLToPath(new URL('../../../proto', import.meta.url))],
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  }),
) as unknown as ProtoGrpcType

/** A client that connects, and connects again, on its own. Nothing needs to exist at `socketPath` yet. */
export function connect(socketPath: string): GoBgpServiceClient {
  return new api.GoBgpService(`unix:${socketPath}`, grpc.credentials.createInsecure(), {
    'grpc.initial_reconnect_backoff_ms': RECONNECT_MS,
    'grpc.max_reconnect_backoff_ms': RECONNECT_MS,
  })
}
