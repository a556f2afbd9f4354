/** The part of raw-socket 1.8 that is used; the package has no types. */
declare module 'raw-socket' {
  interface Socket {
    /** setsockopt(2). */
    setOption(level: number, option: number, buffer: Buffer, length: number): void
  }
  const raw: {
    readonly Protocol: { readonly ICMPv6: number }
    readonly AddressFamily: { readonly IPv6: number }
    createSocket(options: { readonly protocol: number; readonly addressFamily: number }): Socket
  }
  export default raw
}
