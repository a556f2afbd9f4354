/** What the webhook's Secret holds: read strictly, since whatever is wrong with it is made anew. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Secret } from '../../kube/objects.ts'
import { BACKDATE_MS } from './lifetime.ts'

/** A server's certificate and its key, PEM. */
export interface Pair {
  readonly certificate: string
  readonly key: string
}

/** One that was just made. */
export interface Issued extends Pair {
  /** Certificate of the authority that signed it, PEM. */
  readonly authority: string
}

export interface Keys {
  /** What is served. */
  readonly current: Pair
  /** What will be served once it is trusted everywhere. */
  readonly next?: Pair
  /** Certificates of the authorities that are to be trusted, PEM: those of both, and those before that may still be in use. */
  readonly authorities: readonly string[]
  /** When the current one came to be served: milliseconds of the Unix epoch. */
  readonly since: number
}

/** Keys of the Secret's data, the first ones as in a Secret of type kubernetes.io/tls. */
const fields = { certificate: 'tls.crt', key: 'tls.key', authorities: 'ca.crt', since: 'since' } as const
const nextFields = { certificate: 'next.crt', key: 'next.key' } as const

/** Undefined if there is no certificate, or one that its key or the authorities do not fit. A next one that does not is left out. */
export function readKeys({ data = {} }: Pick<Secret, 'data'>): Keys | undefined {
  const text = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString()
  const authorities = text(fields.authorities).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const pair = ({ certificate, key }: Record<keyof Pair, string>): Pair | undefined => {
    const read = { certificate: text(certificate), key: text(key) }
    return authorityOf(read, authorities) === undefined ? undefined : read
  }
  const [current, next] = [pair(fields), pair(nextFields)]
  const readable = authorities.filter(each => parse(each) !== undefined).map(each => `${each}\n`)
  const since = Date.parse(text(fields.since)) || 0
  return current && { current, ...(next && { next }), authorities: readable, since }
}

/** As the Secret's `data`. */
export function writeKeys({ current, next, authorities, since }: Keys): Readonly<Record<string, string>> {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return {
    [fields.certificate]: base64(current.certificate),
    [fields.key]: base64(current.key),
    [fields.authorities]: base64(authorities.join('')),
    [fields.since]: base64(new Date(since).toISOString()),
    ...(next && { [nextFields.certificate]: base64(next.certificate), [nextFields.key]: base64(next.key) }),
  }
}

/** Which of the authorities signed it; undefined: none of them, or the key is another's, or it cannot be read. */
export function authorityOf({ certificate, key }: Pair, authorities: readonly string[]): string | undefined {
  const own = parse(certificate)
  if (own === undefined || !isKeyOf(key, own)) return undefined
  return authorities.find(text => {
    const authority = parse(text)
    return authority !== undefined && own.checkIssued(authority) && own.verify(authority.publicKey)
  })
}

/** When a certificate was made and when it ends: milliseconds of the Unix epoch; of what cannot be read both 0. */
export function validityOf(certificate: string): { readonly made: number; readonly ends: number } {
  const parsed = parse(certificate)
  if (parsed === undefined) return { made: 0, ends: 0 }
  return { made: parsed.validFromDate.getTime() + BACKDATE_MS, ends: parsed.validToDate.getTime() }
}

/** Whether it is a certificate for all these names, DNS or IP. */
export function isFor({ certificate }: Pair, names: readonly string[]): boolean {
  const parsed = parse(certificate)
  return (
    parsed !== undefined &&
    names.every(name => (isIP(name) === 0 ? parsed.checkHost(name) : parsed.checkIP(name)) !== undefined)
  )
}

function parse(certificate: string): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate)
  } catch {
    return undefined
  }
}

function isKeyOf(key: string, certificate: X509Certificate): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}
