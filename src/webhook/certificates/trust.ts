/** What API servers are told of the webhook: whom they call, and which authorities they trust. Pure. */
import type { ValidatingWebhookConfiguration } from '../../kube/objects.ts'

type Configuration = ValidatingWebhookConfiguration | undefined

/** Names that API servers call, DNS or IP, in order; `fallback` if there are none yet. */
export function namesCalled(configuration: Configuration, fallback: string): readonly string[] {
  const names = (configuration?.webhooks ?? []).flatMap(({ clientConfig: { service, url = '' } }) => {
    if (service !== undefined) return `${service.name}.${service.namespace}.svc`
    const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '')
    return host ? [host] : []
  })
  return names.length === 0 ? [fallback] : [...new Set(names)].sort()
}

/** The namespace of another installation that they call; undefined: ours, or a URL, of which nobody can say whose it is. */
export const calledElsewhere = (configuration: Configuration, namespace: string): string | undefined =>
  (configuration?.webhooks ?? [])
    .map(({ clientConfig: { service } }) => service?.namespace)
    .find(called => called !== undefined && called !== namespace)

/** Whether every webhook trusts this authority, PEM. Where there is none nobody can be refused. */
export const trusts = (configuration: Configuration, authority: string): boolean =>
  bundles(configuration).every(bundle => bundle.includes(authority))

/** Whether every webhook trusts these authorities and no others. */
export const trustsExactly = (configuration: Configuration, authorities: readonly string[]): boolean =>
  bundles(configuration).every(bundle => bundle === authorities.join(''))

/** The part of the configuration that makes it so. */
export const trustPart = ({ webhooks = [] }: ValidatingWebhookConfiguration, authorities: readonly string[]) => ({
  webhooks: webhooks.map(({ name }) => ({
    name,
    clientConfig: { caBundle: Buffer.from(authorities.join('')).toString('base64') },
  })),
})

const bundles = (configuration: Configuration): readonly string[] =>
  (configuration?.webhooks ?? []).map(({ clientConfig }) =>
    Buffer.from(clientConfig.caBundle ?? '', 'base64').toString(),
  )
