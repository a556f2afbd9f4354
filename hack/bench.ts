#!/usr/bin/env node
/** `npm run bench -- NAME`: measurements on real components, one table each. Run on a quiet machine. */
import { Command, Option } from 'commander'
import { allocation, allocationBenchNames } from './bench/allocation.ts'
import { benchNames, bgp } from './bench/bgp.ts'
import { failuresBench } from './bench/failures.ts'
import { layer2, layer2BenchNames } from './bench/layer2.ts'
import { ledger } from './bench/ledger.ts'
import { wholeNumber } from './lab/arguments.ts'

const program = new Command('bench').description('Measures parts of Fairlead on real components.')

program
  .command('ledger')
  .description('what giving an address costs: a VirtualIP created and the status of its Service written')
  .option('--services <count>', 'how many', Number, 1000)
  .option('--in-flight <count>', 'requests at a time', Number, 64)
  .action(ledger)

program
  .command('allocation')
  .description(
    'addresses: given by the allocator alone and through the API server, taken back, and after the leader died',
  )
  .addOption(
    new Option('--only <names...>', 'some of the rows').choices(allocationBenchNames).default(allocationBenchNames),
  )
  .option('--services <count>', 'of the rows that need many; their own number if absent', wholeNumber)
  .option('--samples <count>', 'of each row; its own number if absent', wholeNumber)
  .option('--lab <name>', 'name of the lab that is made and removed', 'bench-allocation')
  .option('--json', 'one object on stdout, and nothing else', false)
  .action(allocation)

program
  .command('bgp')
  .description('from the Service to the router: addresses, routes, restarts and dead nodes, each beside its floor')
  .addOption(new Option('--only <names...>', 'some of the rows').choices(benchNames).default(benchNames))
  .option('--services <count>', 'of the rows that need many; their own number if absent', wholeNumber)
  .option('--samples <count>', 'of each row; its own number if absent', wholeNumber)
  .addOption(new Option('--router <router>', 'what the nodes peer with').choices(['frr', 'bird']).default('frr'))
  .option('--lab <name>', 'name of the lab that is made and removed', 'bench')
  .option('--json', 'one object on stdout, and nothing else', false)
  .action(bgp)

program
  .command('layer2')
  .description('owners of VIPs that go, leave and answer, as clients on their network see it')
  .addOption(new Option('--only <names...>', 'some of the rows').choices(layer2BenchNames).default(layer2BenchNames))
  .option('--vips <count>', 'of the rows that need many; their own number if absent', wholeNumber)
  .option('--samples <count>', 'of each row; its own number if absent', wholeNumber)
  .option('--lab <name>', 'name of the lab that is made and removed', 'bench-layer2')
  .option('--json', 'one object on stdout, and nothing else', false)
  .action(layer2)

program
  .command('failures')
  .description(
    'what a router makes of graceful restart, BFD and both: gobgpd killed or hung, a cable cut, the manager killed',
  )
  .addOption(new Option('--router <router>', 'which').choices(['frr', 'bird']).default('frr'))
  .option('--lab <name>', 'name of the lab that is made and removed', 'bench-failures')
  .action(failuresBench)

await program.parseAsync()
