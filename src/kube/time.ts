/** metav1.MicroTime: RFC 3339 with microseconds. */
export const microTime = (time: Date): string => time.toISOString().replace('Z', '000Z')
