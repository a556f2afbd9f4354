/** A real API server with our CustomResourceDefinitions and roles for the tests of one file. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import anyTest, { type TestFn } from 'ava'
import { binary } from '../../../hack/binaries.ts'
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../../../hack/lab/controlplane.ts'
import { exec } from '../../../hack/lab/exec.ts'
import type { KubeClient } from '../../../src/kube/client.ts'
import { loadKubeConfig, type PooledKubeConfig } from '../../../src/kube/config.ts'
import { createClient } from '../../../src/kube/httpclient.ts'

export interface Context {
  readonly directory: string
  readonly controlPlane: ControlPlane
  readonly config: PooledKubeConfig
  /** As an administrator. */
  readonly client: KubeClient
}

const manifests = fileURLToPath(new URL('../../../manifests', import.meta.url))

/**
 * The `test` of a file: its API server runs from before the first test until after the last.
 *
 * @param prepare what the file does before its tests
 */
export function testWithApiServer(
  prepare?: (context: Context) => Promise<void>,
  options: Omit<ControlPlaneOptions, 'directory'> = {},
): TestFn<Context> {
  const test = anyTest as TestFn<Context>

  test.before(async t => {
    const directory = await mkdtemp(join(tmpdir(), 'apiserver-'))
    const controlPlane = await startControlPlane({ directory, ...options })
    const config = loadKubeConfig(controlPlane.kubeconfigs.admin)
    t.context = { directory, controlPlane, config, client: createClient(config) }
    const kubectl = (...args: string[]) =>
      exec([binary('kubectl'), `--kubeconfig=${controlPlane.kubeconfigs.admin}`, ...args])
    for (const base of ['crd', 'rbac']) await kubectl('apply', '--server-side', '--kustomize', join(manifests, base))
    await kubectl('wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all')
    await prepare?.(t.context)
  })

  test.after.always(async t => {
    await t.context.config?.close()
    await t.context.controlPlane?.stop()
    if (t.context.directory) await rm(t.context.directory, { recursive: true })
  })

  return test
}

/** Looks again and again until it holds. @throws when it does not within so many milliseconds */
export async function eventually(holds: () => boolean, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it did not hold within ${milliseconds} ms`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
