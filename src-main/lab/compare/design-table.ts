/** The designs side by side, with what has been measured of each in its cells. */
import type { LabCell, LabTable } from '../experiment.ts'
import type { ChainRow, CompareResult, OverlayRow } from './compare.ts'
import { DESIGN_POINTS, DESIGN_TITLES, type Design } from './designs.ts'
import { OVERLAYS } from './overlay-lab.ts'

type Rows = Omit<CompareResult, 'checksum'>

const DESIGNS: readonly Design[] = [...OVERLAYS, 'chain']

/** A line of the table that is measured: of an overlay's row in its usual setting, and of the chain. */
interface MeasuredPoint {
  readonly point: string
  readonly part: OverlayRow['part']
  of(row: OverlayRow): string
  ofChain(chain: ChainRow): string
}

const LOCAL = 'none: it is all at hand'

const MEASURED: readonly MeasuredPoint[] = [
  { point: 'Hops of a lookup', part: 'lookups', of: ({ hops }) => hops.mean.toFixed(1), ofChain: () => LOCAL },
  {
    ...{ point: 'Time of a lookup, median', part: 'lookups' },
    of: ({ latency }) => `${latency.p50.toFixed(0)} ms`,
    ofChain: () => LOCAL,
  },
  {
    ...{ point: 'Messages of a lookup', part: 'lookups' },
    of: ({ messagesPerLookup }) => messagesPerLookup.toFixed(messagesPerLookup < 100 ? 1 : 0),
    ofChain: () => LOCAL,
  },
  {
    ...{ point: 'Traffic of a lookup', part: 'lookups' },
    of: ({ bytesPerLookup }) => `${(bytesPerLookup / 1_000).toFixed(1)} kB`,
    ofChain: () => LOCAL,
  },
  {
    ...{ point: 'Nodes that a node knows', part: 'lookups' },
    of: ({ state }) => state.mean.toFixed(1),
    ofChain: ({ connections }) => `${connections}, and all data`,
  },
  {
    ...{ point: 'Found', part: 'lookups' },
    of: ({ success }) => `${(100 * success).toFixed(1)} %`,
    ofChain: () => 'all: it is all at hand',
  },
  {
    ...{ point: 'Found under churn', part: 'churn' },
    of: ({ success }) => `${(100 * success).toFixed(1)} %`,
    ofChain: () => 'nobody is missed: each has everything',
  },
  {
    ...{ point: 'Traffic of a node under churn', part: 'churn' },
    of: ({ bytesPerSecond }) => `${bytesPerSecond.toFixed(0)} B/s`,
    ofChain: () => 'every block and transaction, once for each',
  },
]

interface ChainPoint {
  readonly point: string
  of(chain: ChainRow): string
}

/** What only a chain has. */
const CHAIN_POINTS: readonly ChainPoint[] = [
  { point: 'Until half of the nodes have a block', of: ({ half }) => `${(1_000 * half).toFixed(0)} ms` },
  { point: 'Until 90 % of the nodes have a block', of: ({ ninety }) => `${(1_000 * ninety).toFixed(0)} ms` },
  { point: 'Blocks that end stale', of: ({ staleRate }) => `${(100 * staleRate).toFixed(1)} %` },
]

/** Lines without anything measured are left out. */
export function designTable({ rows, chain }: Rows): LabTable {
  const measured = MEASURED.flatMap(({ point, part, of, ofChain }): LabCell[][] => {
    const cells = OVERLAYS.map((overlay) => {
      const row = rows.find((one) => one.part === part && one.overlay === overlay && one.isUsual)
      return row ? of(row) : null
    })
    const isThere = cells.some((cell) => cell !== null)
    return isThere ? [[`${point}, measured`, ...cells, chain ? ofChain(chain) : null]] : []
  })
  const ofChainAlone = CHAIN_POINTS.flatMap(({ point, of }): LabCell[][] =>
    chain ? [[`${point}, measured`, ...OVERLAYS.map(() => null), of(chain)]] : [],
  )
  return {
    ...{ kind: 'table', id: 'compare-designs', title: 'Structured overlays, flooding and a chain' },
    columns: ['Point', ...DESIGNS.map((design) => DESIGN_TITLES[design])].map((label) => ({ label })),
    rows: [
      ...DESIGN_POINTS.map(({ point, of }) => [point, ...DESIGNS.map((design) => of[design])]),
      ...measured,
      ...ofChainAlone,
    ],
  }
}
