/** Hosts on the nodes' network that do what they should not. They stand where the API server is, which is no node. */
import { namespaceOf } from '../addresses.ts'
import { exec } from '../exec.ts'
import type { Lab } from '../state.ts'

const inside = (lab: Lab, argv: readonly string[]): Promise<string> =>
  exec(argv, { namespace: namespaceOf(lab.name, 'control') })

const onEth0 = (address: string): readonly string[] =>
  address.includes(':') ? [`${address}/128`, 'dev', 'eth0'] : [`${address}/32`, 'dev', 'eth0']

/** Somebody has an address, and answers for it. */
export const takeAddress = (lab: Lab, address: string): Promise<string> =>
  inside(lab, ['ip', 'address', 'add', ...onEth0(address), ...(address.includes(':') ? ['nodad'] : [])])

export const giveAddressUp = (lab: Lab, address: string): Promise<string> =>
  inside(lab, ['ip', 'address', 'delete', ...onEth0(address)])

/** Somebody answers every ARP request at once, whatever the address (proxy ARP as within a private VLAN, RFC 3069). */
export const answerForAll = (lab: Lab, on: boolean): Promise<string> =>
  inside(lab, [
    'sysctl',
    '--quiet',
    '--write',
    `net.ipv4.ip_forward=${Number(on)}`,
    'net.ipv4.neigh.eth0.proxy_delay=0',
    `net.ipv4.conf.eth0.proxy_arp_pvlan=${Number(on)}`,
  ])
