/**
 * How V8 trades memory for CPU time. By default the heap grows to several times what is alive before it is collected, and a
 * third of it is a young generation for allocation rates that we do not have. Measured in docs/adr/0010.
 */
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--heap-growing-percent=25')
setFlagsFromString('--semi-space-growth-factor=1')
