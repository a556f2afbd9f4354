/** Resource versions are decimal numbers that grow with each write (KEP-5504). */
export const isOlder = (a: string, b: string): boolean => (a.length === b.length ? a < b : a.length < b.length)
