/** The chain experiments for the Lab: their rows as tables and charts, beside the formulas that have been published. */
import { CHAIN_PARTS, type ChainOptions, type ChainPart, runChain } from '../chain.ts'
import { type Experiment, filled, type LabReport, numberOf, severalOf } from '../experiment.ts'
import { chainDescription } from './chain-description.ts'
import { chainReport, noRows } from './chain-report.ts'
import { TamperDrawing } from './tamper-drawing.ts'

const PART_TITLES: Readonly<Record<ChainPart, string>> = {
  propagation: 'flooding',
  forks: 'forks',
  partition: 'partition',
  tamper: 'tampering',
  majority: 'majority',
  selfish: 'selfish mining',
}

export const chainExperiment: Experiment = {
  description: chainDescription,
  async run(options, watcher, breathe): Promise<LabReport> {
    const parts = severalOf(options, 'parts')
    const chosen: ChainOptions = {
      nodes: numberOf(options, 'nodes'),
      blocks: numberOf(options, 'blocks'),
      tries: numberOf(options, 'tries'),
      seed: numberOf(options, 'seed'),
      parts: CHAIN_PARTS.filter((part) => parts.includes(part)),
    }
    const rows = noRows()
    const drawing = new TamperDrawing()
    const report = () => filled(chainReport(rows, drawing.section))
    await runChain(
      chosen,
      {
        signal: watcher.signal,
        progress: (fraction, part) => watcher.progress(fraction, PART_TITLES[part]),
        tampered: (step, blocks) => drawing.add(step, blocks),
        row(part, row) {
          ;(rows[part] as object[]).push(row)
          watcher.report(report())
        },
      },
      breathe,
    )
    return report()
  },
}
