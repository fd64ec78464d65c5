import type { ReactNode } from 'react'
import type { MinerStatus } from '../../client/types.ts'
import { Figure } from '../../explorer/chain/figure.tsx'
import { Amount } from '../../ui/amount.tsx'
import { formatCount, formatPlural, NONE } from '../../ui/format.ts'
import { formatHashes, hashesQuantity, hashRateQuantity } from '../../ui/hash-rate.ts'
import { QuantityText } from '../../ui/quantity.tsx'
import { expectedHint, expectedWords } from './mining-words.ts'

/** What mining does now, and what it has brought. */
export function MiningFigures({ status }: { status: MinerStatus }): ReactNode {
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 @min-[700px]:grid-cols-3">
      <Figure name="Hash rate" hint={status.kernel}>
        <span className="text-title font-semibold">
          <QuantityText quantity={hashRateQuantity(status.hashesPerSecond)} />
        </span>
      </Figure>
      <Figure name="Time to a block" hint={expectedHint(status)}>
        {expectedWords(status)}
      </Figure>
      <Figure name="Kernel" hint="The program that tries the hashes">
        {status.kernel}
      </Figure>
      <Figure name="Attempts, this run">
        <QuantityText quantity={hashesQuantity(status.attempts)} />
      </Figure>
      <Figure
        name="Best share"
        hint="The difficulty that the best hash so far would have met: a block needs one that meets the chain’s"
      >
        {status.bestShare === 0 ? (
          NONE
        ) : (
          <>
            <QuantityText quantity={hashesQuantity(status.bestShare)} />
            <span className="text-muted"> of {formatHashes(status.difficulty)}</span>
          </>
        )}
      </Figure>
      <Figure name="Blocks found, this run" hint="By chance: now more than expected, now fewer">
        {formatCount(status.blocksFound)}
        {status.expectedBlocks > 0 && (
          <span className="text-muted"> of {expectedBlocks(status.expectedBlocks)} expected</span>
        )}
      </Figure>
      <Rewards status={status} />
    </dl>
  )
}

function expectedBlocks(expected: number): string {
  if (expected < 0.01) return 'under 0.01'
  return expected >= 100 ? formatCount(Math.round(expected)) : expected.toFixed(2)
}

/** Spendable or not, each apart: only what has matured is money. */
function Rewards({ status }: { status: MinerStatus }): ReactNode {
  return (
    <>
      <Figure name="Matured rewards" hint="A hundred blocks lie on them: they can be spent">
        <Amount grains={status.matured} />
      </Figure>
      <Figure name={`Immature${ofBlocks(status.immatureBlocks)}`} hint="Spendable once a hundred blocks lie on each">
        <Amount grains={status.immature} />
      </Figure>
      <Figure
        name={`Orphaned${ofBlocks(status.orphanedBlocks)}`}
        hint="Of blocks that lost against others: they never count"
      >
        <Amount grains={status.orphaned} />
      </Figure>
    </>
  )
}

const ofBlocks = (blocks: number): string => (blocks === 0 ? '' : `, ${formatPlural(blocks, 'block')}`)
