#!/usr/bin/env node
/** `npm run bench -- NAME`: measurements on real components, one table each. Run on a quiet machine. */
import { Command } from 'commander'
import { ledger } from './bench/ledger.ts'

const program = new Command('bench').description('Measures parts of Fairlead on real components.')

program
  .command('ledger')
  .description('what giving an address costs: a VirtualIP created and the status of its Service written')
  .option('--services <count>', 'how many', Number, 1000)
  .option('--in-flight <count>', 'requests at a time', Number, 64)
  .action(ledger)

await program.parseAsync()
