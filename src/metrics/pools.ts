import { Gauge, type Registry } from 'prom-client'
import type { Allocator } from '../ipam/allocator.ts'
import type { EipPool } from '../ipam/eippool.ts'
import { type Family, families } from '../net/address.ts'

/**
 * What there is of each Eip and family, and what has become of it: read when it is asked for, which costs as much as there are
 * Eips.
 *
 * @param allocator undefined while this process knows of none
 */
export function poolMetrics(registers: Registry[], allocator: () => Allocator | undefined): void {
  const gauge = (name: string, help: string, value: (of: Allocator, eip: EipPool, family: Family) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['eip', 'family'],
      registers,
      collect() {
        this.reset()
        const known = allocator()
        for (const eip of known?.eips() ?? []) {
          for (const family of families) {
            if (known && eip.has(family)) this.set({ eip: eip.name, family: `IPv${family}` }, value(known, eip, family))
          }
        }
      },
    })
  gauge('fairlead_eip_addresses', 'Addresses that an Eip can give, whether or not they are given', (_, eip, family) =>
    Number(eip.sizeOf(family)),
  )
  gauge('fairlead_eip_addresses_used', 'Addresses of an Eip that Services have', (of, { name }, family) =>
    of.count(name, family, 'used'),
  )
  gauge(
    'fairlead_eip_addresses_held',
    'Addresses of an Eip that nobody can have yet, since a speaker that is not heard of may announce them',
    (of, { name }, family) => of.count(name, family, 'held'),
  )
  gauge(
    'fairlead_eip_addresses_reserved',
    'Addresses of an Eip that are kept for a Service that does not have them',
    (of, { name }, family) => of.count(name, family, 'reserved'),
  )
}
