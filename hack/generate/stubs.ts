import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Writes TypeScript types of the messages and the client of proto/gobgp into `outDir`, in place of what it held. The
 * options are those that src/bgp/gobgp/client.ts loads the same files with.
 */
export async function generateStubs(outDir: string): Promise<void> {
  await rm(outDir, { recursive: true, force: true })
  await promisify(execFile)(
    process.execPath,
    [
      'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js',
      '--longs=Number',
      '--enums=String',
      '--defaults',
      '--oneofs',
      '--grpcLib=@grpc/grpc-js',
      '--importFileExtension=.ts',
      // Relative, as the path goes into the output.
      '--includeDirs=proto',
      `--outDir=${resolve(outDir)}`,
      'gobgp/service.proto',
    ],
    { cwd: root },
  )
}
