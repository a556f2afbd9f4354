/** What the responders of layer 2 say to each other, in frames of their own. */
import { spawn } from 'node:child_process'
import { type NodeName, namespaceOf, nodeMac, nodeNumber } from '../addresses.ts'
import { PcapReader } from '../capture/pcap.ts'
import { inNamespace } from '../exec.ts'
import type { Lab } from '../state.ts'

/** The next so many heartbeats, of one node or of whoever sends any, as the neighbour hears them. */
export async function heartbeats(lab: Lab, count: number, node?: NodeName): Promise<readonly Buffer[]> {
  const filter = `ether proto 0x88b5${node === undefined ? '' : ` and ether src ${nodeMac(nodeNumber(node))}`}`
  const capture = ['tcpdump', '-i', 'eth0', '-n', '-Z', 'root', '-U', '-w', '-', '-c', `${count}`, filter]
  const [command = '', ...args] = inNamespace(namespaceOf(lab.name, 'neighbour'), capture)
  const tcpdump = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const pcap = new PcapReader()
  const frames: Buffer[] = []
  for await (const piece of tcpdump.stdout) frames.push(...pcap.push(piece as Buffer).map(({ bytes }) => bytes))
  return frames
}
