/** Which cluster, and who we are to it, as kubectl would say. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { loadKubeConfig, type PooledKubeConfig } from '../../kube/config.ts'

export interface Where {
  readonly kubeconfig?: string
  readonly context?: string
}

/**
 * By the option, KUBECONFIG, `~/.kube/config`, or the Pod's own ServiceAccount.
 *
 * @throws KubeConfigError
 */
export function connection({ kubeconfig, context }: Where): PooledKubeConfig {
  const usual = join(homedir(), '.kube', 'config')
  const path = kubeconfig ?? (process.env['KUBECONFIG'] || !existsSync(usual) ? undefined : usual)
  return loadKubeConfig(path, process.env, context)
}

/** The namespace that the context names. */
export const namespaceOf = (config: PooledKubeConfig): string =>
  config.getContextObject(config.currentContext)?.namespace ?? 'default'
