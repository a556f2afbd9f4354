/** The lab's router, a real one: what FRR or BIRD is configured to do, and how it is asked. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { binary } from '../binaries.ts'
import { nodeAs, nodeNetwork, routerAddress, routerAs } from './addresses.ts'
import { exec } from './exec.ts'
import { at } from './inside.ts'
import { type Lab, placeDirectory } from './state.ts'

const directoryOf = (lab: Lab): string => placeDirectory(lab, 'router')

/** Writes the router's configuration, into a directory that it may write to. */
export async function configureRouter(lab: Lab): Promise<void> {
  const directory = directoryOf(lab)
  mkdirSync(directory, { recursive: true })
  if (lab.router === 'bird') {
    writeFileSync(join(directory, 'bird.conf'), bird(lab))
    return
  }
  writeFileSync(join(directory, 'zebra.conf'), 'hostname router\n')
  writeFileSync(join(directory, 'bfdd.conf'), 'hostname router\n')
  writeFileSync(join(directory, 'bgpd.conf'), bgpd(lab))
  await exec(['chown', '-R', 'frr:frr', directory])
}

/**
 * Sessions are opened by the nodes, any node. Without a policy FRR would refuse
 * all routes of an eBGP peer (RFC 8212).
 */
export const bgpd = ({ bfd }: Pick<Lab, 'bfd'>): string => `hostname router
router bgp ${routerAs}
 bgp router-id ${routerAddress.v4}
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 bgp bestpath as-path multipath-relax
 neighbor nodes peer-group
 neighbor nodes remote-as ${nodeAs}
 neighbor nodes graceful-restart-helper
${bfd ? ' neighbor nodes bfd 3 100 100' : '!'}
 bgp listen range ${nodeNetwork.v4} peer-group nodes
 bgp listen range ${nodeNetwork.v6} peer-group nodes
 address-family ipv4 unicast
  neighbor nodes activate
  maximum-paths 16
 exit-address-family
 address-family ipv6 unicast
  neighbor nodes activate
  maximum-paths 16
 exit-address-family
`

/** After BFD went down BIRD refuses the neighbour for "error wait time", a minute unless it is told otherwise. */
const bird = ({ bfd }: Lab): string => `log stderr all;
router id ${routerAddress.v4};
protocol device {}
protocol kernel { merge paths yes limit 16; ipv4 { import none; export where source = RTS_BGP; }; }
protocol kernel { merge paths yes limit 16; ipv6 { import none; export where source = RTS_BGP; }; }
${bfd ? 'protocol bfd { interface "*" { min rx interval 100 ms; min tx interval 100 ms; multiplier 3; }; }' : ''}
template bgp nodes {
  local as ${routerAs};
  passive;
  ${bfd ? 'bfd on; error wait time 1, 2;' : ''}
  ipv4 { import all; export none; add paths rx; };
  ipv6 { import all; export none; add paths rx; };
}
protocol bgp v4 from nodes { neighbor range ${nodeNetwork.v4} as ${nodeAs}; dynamic name "v4_"; }
protocol bgp v6 from nodes { neighbor range ${nodeNetwork.v6} as ${nodeAs}; dynamic name "v6_"; }
`

export function zebraCommand(lab: Lab): readonly string[] {
  const directory = directoryOf(lab)
  return [...frr(lab, 'zebra'), '-z', join(directory, 'zserv.api'), '-f', join(directory, 'zebra.conf')]
}

export function bgpdCommand(lab: Lab): readonly string[] {
  const directory = directoryOf(lab)
  return [...frr(lab, 'bgpd'), '-z', join(directory, 'zserv.api'), '-f', join(directory, 'bgpd.conf')]
}

export function bfddCommand(lab: Lab): readonly string[] {
  const directory = directoryOf(lab)
  const sockets = ['-z', join(directory, 'zserv.api'), '--bfdctl', join(directory, 'bfdd.sock')]
  return [...frr(lab, 'bfdd'), ...sockets, '-f', join(directory, 'bfdd.conf')]
}

const frr = (lab: Lab, daemon: 'zebra' | 'bfdd' | 'bgpd'): readonly string[] => {
  const directory = directoryOf(lab)
  const own = ['-u', 'frr', '-g', 'frr', '-i', join(directory, `${daemon}.pid`)]
  return [binary(daemon), ...own, '--vty_socket', directory, '-P', '0', '--log', 'stdout']
}

export const birdCommand = (lab: Lab): readonly string[] => [
  binary('bird'),
  '-f',
  '-c',
  join(directoryOf(lab), 'bird.conf'),
  '-s',
  join(directoryOf(lab), 'bird.ctl'),
]

/** A file that a router's daemon makes once it can be asked. */
export const routerSocket = (lab: Lab, daemon: 'zebra' | 'bfdd' | 'bgpd' | 'bird'): string =>
  join(directoryOf(lab), { zebra: 'zserv.api', bfdd: 'bfdd.vty', bgpd: 'bgpd.vty', bird: 'bird.ctl' }[daemon])

/** The router's command line, to which a command is added: `-c 'show bgp summary'` for FRR, the words themselves for BIRD. */
export const routerShell = (lab: Lab): readonly string[] =>
  lab.router === 'frr'
    ? [binary('vtysh'), '--vty_socket', directoryOf(lab)]
    : [binary('birdc'), '-s', join(directoryOf(lab), 'bird.ctl')]

/** One command to the router, such as `show bgp summary json` (FRR) or `show protocols` (BIRD), and what it said. */
export function askRouter(lab: Lab, command: string): Promise<string> {
  return exec([...routerShell(lab), ...(lab.router === 'frr' ? ['-c', command] : [command])])
}

interface KernelRoute {
  readonly dst: string
  readonly gateway?: string
  readonly nexthops?: readonly { readonly gateway?: string }[]
}

/**
 * Next hops of an address in the router's kernel, sorted: what forwards packets, whatever BGP says.
 * Empty when there is no route of its own (a /32 or /128).
 */
export async function nextHops(lab: Lab, address: string): Promise<readonly string[]> {
  const family = address.includes(':') ? '-6' : '-4'
  const prefix = `${address}/${family === '-6' ? 128 : 32}`
  const text = await at(lab, 'router', ['ip', family, '-json', 'route', 'show', prefix])
  return (JSON.parse(text || '[]') as readonly KernelRoute[]).flatMap(hopsOf).sort()
}

/** The next hops of every prefix that BGP brought into the router's kernel, of both families. */
export async function bgpRoutes(lab: Lab): Promise<ReadonlyMap<string, readonly string[]>> {
  const protocol = { frr: 'bgp', bird: 'bird' }[lab.router]
  const tables = await Promise.all(
    ['-4', '-6'].map(async family => {
      const show = ['ip', family, '-json', 'route', 'show', 'proto', protocol]
      return JSON.parse((await at(lab, 'router', show)) || '[]') as readonly KernelRoute[]
    }),
  )
  const routes = Map.groupBy(tables.flat(), ({ dst }) => dst)
  return new Map([...routes].map(([prefix, parts]) => [prefix, parts.flatMap(hopsOf).sort()]))
}

const hopsOf = ({ gateway, nexthops = [] }: KernelRoute): readonly string[] =>
  [gateway, ...nexthops.map(hop => hop.gateway)].filter(hop => hop !== undefined)
