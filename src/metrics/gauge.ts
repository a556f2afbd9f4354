import { Gauge, type Registry } from 'prom-client'

/** Registers a gauge that is read whenever somebody asks. */
export const readGauge = (registers: Registry[], name: string, help: string, value: () => number): Gauge =>
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(value())
    },
  })
