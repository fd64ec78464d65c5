/** The lecture hall for the Lab: seconds until the last peer has the file, and the least that theory allows. */
import { type Experiment, filled, type LabReport, numberOf } from '../experiment.ts'
import { runSwarm, type SwarmRow } from '../swarm.ts'
import { measured } from './series.ts'
import { swarmDescription } from './swarm-description.ts'

const MEGABYTE = 1_000_000
const KILOBYTE = 1_000

export const swarmExperiment: Experiment = {
  description: swarmDescription,
  async run(options, watcher): Promise<LabReport> {
    const rows: SwarmRow[] = []
    const rate = (name: string) => numberOf(options, name) * KILOBYTE
    await runSwarm(
      {
        ...{ nodes: numberOf(options, 'nodes'), seed: numberOf(options, 'seed') },
        fileBytes: Math.round(numberOf(options, 'size') * MEGABYTE),
        ...{ serverUp: rate('serverUp'), peerUp: rate('peerUp'), peerDown: rate('peerDown') },
      },
      {
        signal: watcher.signal,
        progress: (fraction, peers) => watcher.progress(fraction, `${peers} ${peers === 1 ? 'peer' : 'peers'}`),
        row(row) {
          rows.push(row)
          watcher.report(swarmReport(rows))
        },
      },
    )
    return swarmReport(rows)
  },
}

const BOOK = 'Kurose and Ross, Computer Networking: A Top-Down Approach, 2.5'
const SERVER_BOUND = `max(N F / u_s, F / d_min). ${BOOK}`
const SWARM_BOUND = `max(F / u_s, F / d_min, N F / (u_s + Σ u_i)). ${BOOK}`
const SECONDS = { unit: 's', digits: 1 }

export function swarmReport(rows: readonly SwarmRow[]): LabReport {
  const bound = (label: string, source: string, of: (row: SwarmRow) => number) =>
    ({ ...measured(label, rows, (row) => [row.nodes, of(row)]), origin: 'formula', source }) as const
  return filled([
    {
      ...{
        kind: 'chart',
        id: 'times',
        title: 'Until the last of N peers has the file',
        shape: 'lines',
        categories: [],
      },
      x: { label: 'Peers', scale: 'log' },
      y: { label: 'Time', unit: 's', scale: 'log' },
      series: [
        measured('From one server', rows, ({ nodes, serverSeconds }) => [nodes, serverSeconds]),
        measured('As a swarm', rows, ({ nodes, swarmSeconds }) => [nodes, swarmSeconds]),
        bound('Server, at least', SERVER_BOUND, (row) => row.serverBound),
        bound('Swarm, at least', SWARM_BOUND, (row) => row.swarmBound),
      ],
    },
    {
      ...{ kind: 'table', id: 'times-table', title: 'Times, and the least that theory allows' },
      columns: [
        { label: 'Peers', digits: 0 },
        ...['Server', 'Server, at least', 'Swarm', 'Swarm, at least'].map((label) => ({ label, ...SECONDS })),
        { label: 'Gain', unit: '×', digits: 1 },
      ],
      rows: rows.map(({ nodes, serverSeconds, serverBound, swarmSeconds, swarmBound }) => [
        ...[nodes, serverSeconds, serverBound, swarmSeconds, swarmBound, serverSeconds / swarmSeconds],
      ]),
    },
  ])
}
