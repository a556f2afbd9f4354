import test from 'ava'
import { Command, Option } from 'commander'
import { options } from '../../../../hack/generate/configuration/options.ts'

const program = (...all: readonly Option[]): Command => {
  const root = new Command('program')
  for (const name of ['a', 'b']) for (const option of all) root.command(name).addOption(option)
  return root
}

test('documentation of an option: what it says of itself, once for all commands that have it', t => {
  const level = new Option('--level <level>', 'how much is told')
    .choices(['much', 'little'])
    .env('LEVEL')
    .default('much')
  t.deepEqual(options(program(level)), [
    {
      flags: '--level <level>',
      commands: ['a', 'b'],
      variable: 'LEVEL',
      default: 'much',
      choices: ['much', 'little'],
      meaning: 'how much is told',
    },
  ])
})

test('documentation of an option: a default that its description tells', t => {
  const [told] = options(program(new Option('--file <file>', 'what is read (default: nothing)')))
  t.like(told, { meaning: 'what is read', default: 'nothing' })
})

test('documentation of an option: one that has to be given has none', t => {
  const [told] = options(program(new Option('--file <file>', 'what is read').makeOptionMandatory()))
  t.false(told !== undefined && 'default' in told)
})

test('documentation of an option: one that tells no meaning or no default is refused', t => {
  t.throws(() => options(program(new Option('--file <file>', 'what is read'))), {
    message: '--file <file> tells no default',
  })
  t.throws(() => options(program(new Option('--file <file>').default('a'))), {
    message: '--file <file> has no description',
  })
})
