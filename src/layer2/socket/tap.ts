import { neighborDiscovery, toUs } from './filter.ts'
import { PacketSocket } from './packet.ts'

const ETH_P_ARP = 0x0806
const ETH_P_IPV6 = 0x86dd
/** IEEE Std 802 local experimental EtherType 1: heartbeats. */
const ETH_P_BEAT = 0x88b5
const ETHER_TYPE = 12

/** All that layer 2 reads and writes on an interface: a socket, and so a queue, for each kind, that none keeps another waiting. */
export class Tap {
  readonly beats: PacketSocket
  readonly arp: PacketSocket
  readonly ndp: PacketSocket

  /** @throws SystemError, `ENODEV` if there is no interface of this index, `EPERM` without CAP_NET_RAW */
  constructor(index: number) {
    const opened: PacketSocket[] = []
    const open = (...args: ConstructorParameters<typeof PacketSocket>): PacketSocket => {
      const socket = new PacketSocket(...args)
      opened.push(socket)
      return socket
    }
    try {
      this.beats = open(index, ETH_P_BEAT, toUs)
      this.arp = open(index, ETH_P_ARP, toUs)
      this.ndp = open(index, ETH_P_IPV6, neighborDiscovery)
    } catch (error) {
      for (const socket of opened) socket.close()
      throw error
    }
  }

  get sockets(): readonly PacketSocket[] {
    return [this.beats, this.arp, this.ndp]
  }

  get holdsBursts(): boolean {
    return this.sockets.every(({ holdsBursts }) => holdsBursts)
  }

  /** Returns whether the kernel took the frame. */
  send(frame: Buffer): boolean {
    return this.#socketOf(frame.readUInt16BE(ETHER_TYPE)).send(frame)
  }

  /** Throws away what waits, and returns how many frames that were. */
  drain(): number {
    return this.sockets.reduce((sum, socket) => sum + socket.drain(), 0)
  }

  close(): void {
    for (const socket of this.sockets) socket.close()
  }

  /** The one whose protocol the frame has, which is what the kernel's own filters on the way out go by. */
  #socketOf(etherType: number): PacketSocket {
    if (etherType === ETH_P_ARP) return this.arp
    return etherType === ETH_P_IPV6 ? this.ndp : this.beats
  }
}
