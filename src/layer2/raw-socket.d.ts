/** The part of raw-socket 1.8 that is used; the package has no types. */
declare module 'raw-socket' {
  export interface Socket {
    /** setsockopt(2). @throws Error with the text of the system's error */
    setOption(level: number, option: number, buffer: Buffer, length: number): void
    close(): void
  }
  const raw: {
    readonly Protocol: { readonly ICMPv6: number }
    readonly AddressFamily: { readonly IPv6: number }
    createSocket(options: { readonly protocol: number; readonly addressFamily: number }): Socket
  }
  export default raw
}
