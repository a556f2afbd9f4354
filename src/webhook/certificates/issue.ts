/** Makes certificates. To load this takes 20 MB of memory: it is loaded when one is to be made. */
import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import type { Issued } from './keys.ts'
import { BACKDATE_MS, LIFETIME_MS } from './lifetime.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/**
 * A certificate for a server of these names, DNS or IP, and the authority that signed it and never signs anything else: its
 * key is gone when this returns.
 *
 * @param now both are valid from a day before this, for clocks that differ, to 30 days after
 */
export async function issue(names: readonly string[], now: Date): Promise<Issued> {
  const keys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [authorityKeys, serverKeys] = await Promise.all([keys(), keys()])
  const validity = {
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + LIFETIME_MS),
    signingAlgorithm: algorithm,
  }
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serialNumber(),
    // Of its own, so that of several in a bundle the right one is found by the name.
    name: `CN=fairlead-webhook-authority-${randomBytes(8).toString('hex')}`,
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: serialNumber(),
    subject: 'CN=fairlead-webhook',
    issuer: authority.subject,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map(value => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey))
  return {
    certificate: pem(certificate.toString('pem')),
    key: pem(x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')),
    authority: pem(authority.toString('pem')),
  }
}

/** RFC 5280 section 4.1.2.2: positive, at most 20 octets. */
const serialNumber = () => `01${randomBytes(15).toString('hex')}`

const pem = (text: string) => `${text.trim()}\n`
