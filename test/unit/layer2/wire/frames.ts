/** Frames byte by byte, as the RFCs lay them out. A client asks; the node answers. */
import type { Family } from '../../../../src/net/address.ts'

export const client = '02:00:00:00:00:c1'
export const node = '02:00:00:00:00:0a'
const clientHex = '0200000000c1'
const nodeHex = '02000000000a'

/** For one family: a VIP, what is asked about it, and what has to be said. In the order of the fields, one word a field. */
interface Frames {
  readonly vip: string
  readonly request: Buffer
  readonly reply: Buffer
  readonly probe: Buffer
  readonly replyToProbe: Buffer
  readonly announcement: Buffer
  /** The probe, of the node. */
  readonly ownProbe: Buffer
}

export const bytes = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex')

const arp = (destination: string, source: string, rest: string): Buffer =>
  bytes(`${destination} ${source} 0806 0001 0800 06 04 ${rest}`)

const group = '33 33 ff 00 00 10'
const solicitedNode = 'ff020000 00000000 00000001 ff000010'
const clientAddress = '20010db8 00000000 00000000 000000c1'
const vip6 = '20010db8 00000000 00000000 00000010'
const anyone = '00000000 00000000 00000000 00000000'
const allNodes = 'ff020000 00000000 00000000 00000001'

/** Version, class and label; length; ICMPv6; hop limit. */
const ndp = (destination: string, source: string, length: string, rest: string): Buffer =>
  bytes(`${destination} ${source} 86dd 60000000 ${length} 3a ff ${rest}`)

export const frames: Readonly<Record<Family, Frames>> = {
  4: {
    vip: '192.0.2.16',
    request: arp('ffffffffffff', clientHex, `0001 ${clientHex} c00002c1 000000000000 c0000210`),
    reply: arp(clientHex, nodeHex, `0002 ${nodeHex} c0000210 ${clientHex} c00002c1`),
    probe: arp('ffffffffffff', clientHex, `0001 ${clientHex} 00000000 000000000000 c0000210`),
    replyToProbe: arp(clientHex, nodeHex, `0002 ${nodeHex} c0000210 ${clientHex} 00000000`),
    announcement: arp('ffffffffffff', nodeHex, `0001 ${nodeHex} c0000210 000000000000 c0000210`),
    ownProbe: arp('ffffffffffff', nodeHex, `0001 ${nodeHex} 00000000 000000000000 c0000210`),
  },
  6: {
    vip: '2001:db8::10',
    request: ndp(
      group,
      clientHex,
      '0020',
      `${clientAddress} ${solicitedNode} 87 00 1a8b 00000000 ${vip6} 01 01 ${clientHex}`,
    ),
    reply: ndp(clientHex, nodeHex, '0020', `${vip6} ${clientAddress} 88 00 898d 60000000 ${vip6} 02 01 ${nodeHex}`),
    probe: ndp(group, clientHex, '0018', `${anyone} ${solicitedNode} 87 00 4ccf 00000000 ${vip6}`),
    replyToProbe: ndp(
      '333300000001',
      nodeHex,
      '0020',
      `${vip6} ${allNodes} 88 00 f903 20000000 ${vip6} 02 01 ${nodeHex}`,
    ),
    announcement: ndp(
      '333300000001',
      nodeHex,
      '0020',
      `${vip6} ${allNodes} 88 00 f903 20000000 ${vip6} 02 01 ${nodeHex}`,
    ),
    ownProbe: ndp(group, nodeHex, '0018', `${anyone} ${solicitedNode} 87 00 4ccf 00000000 ${vip6}`),
  },
}
