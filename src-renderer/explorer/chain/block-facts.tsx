import type { ReactNode } from 'react'
import type { BlockPage } from '../../client/types.ts'
import { Fact, Facts } from '../../torrents/details/facts.tsx'
import { Ago } from '../../ui/ago.tsx'
import { Amount } from '../../ui/amount.tsx'
import { CopyText } from '../../ui/copy.tsx'
import { formatBytes, formatCount, formatDateTime } from '../../ui/format.ts'
import { hashesQuantity } from '../../ui/hash-rate.ts'
import { QuantityText } from '../../ui/quantity.tsx'
import { visibleText } from './chain-words.ts'
import { IdLink } from './links.tsx'
import { Mono } from './page-parts.tsx'
import { formatWeight } from './sizes.ts'

const hex = (number: number): string => `0x${number.toString(16).padStart(8, '0')}`

/** A moment as date and time, and how long it is over; can be selected. */
export function Moment({ seconds }: { seconds: number }): ReactNode {
  return (
    <>
      <span data-selectable="">{formatDateTime(seconds * 1_000)}</span>
      <span className="text-muted">
        {', '}
        <Ago at={seconds * 1_000} />
      </span>
    </>
  )
}

export function BlockFacts({ block }: { block: BlockPage }): ReactNode {
  return (
    <div className="grid gap-x-8 gap-y-3 @min-[760px]:grid-cols-2">
      <Facts title="What it holds">
        <Fact name="Time">
          <Moment seconds={block.time} />
        </Fact>
        {block.transactions !== undefined && <Fact name="Transactions">{formatCount(block.transactions)}</Fact>}
        {block.size !== undefined && (
          <Fact name="Size">
            {formatBytes(block.size)}
            {block.strippedSize !== undefined && (
              <span className="text-muted">, {formatBytes(block.strippedSize)} without witnesses</span>
            )}
          </Fact>
        )}
        {block.weight !== undefined && <Fact name="Weight">{formatWeight(block.weight)} of 4,000,000</Fact>}
        {block.fees !== undefined && (
          <Fact name="Fees">
            <Amount grains={block.fees} />
          </Fact>
        )}
        {block.reward !== undefined && (
          <Fact name="Reward">
            <Amount grains={block.reward} />
            {block.fees !== undefined && (
              <span className="text-muted">
                {' '}
                = <Amount grains={block.reward - block.fees} /> new + fees
              </span>
            )}
          </Fact>
        )}
        {block.miner !== undefined && (
          <Fact name="Paid to">
            <IdLink to={{ kind: 'address', id: block.miner }} id={block.miner} what="address" />
          </Fact>
        )}
        {block.coinbaseText && (
          <Fact name="Miner’s text">
            <bdi data-selectable="">{visibleText(block.coinbaseText)}</bdi>
          </Fact>
        )}
      </Facts>
      <HeaderFacts block={block} />
    </div>
  )
}

function HeaderFacts({ block }: { block: BlockPage }): ReactNode {
  return (
    <Facts title="Its header">
      <Fact name="Hash">
        <CopyText text={block.id} label="hash" head={12} tail={10} />
      </Fact>
      <Fact name="Before it">
        {block.height === 0 ? (
          <span className="text-muted">None: the first block</span>
        ) : (
          <IdLink to={{ kind: 'block', id: block.previous }} id={block.previous} what="block" head={12} tail={10} />
        )}
      </Fact>
      <Fact name="Merkle root">
        <CopyText text={block.merkleRoot} label="merkle root" head={12} tail={10} />
      </Fact>
      <Fact name="Median time">
        <span data-selectable="">{formatDateTime(block.medianTime * 1_000)}</span>
      </Fact>
      <Fact name="Difficulty">
        <QuantityText quantity={hashesQuantity(block.difficulty)} />
        <span className="text-muted"> on average, bits </span>
        <Mono>{block.bits}</Mono>
      </Fact>
      <Fact name="Nonce, version">
        <Mono>{hex(block.nonce)}</Mono>, <Mono>{hex(block.version)}</Mono>
      </Fact>
      <Fact name="Chain work">
        <CopyText text={block.work} label="work in hexadecimal digits" head={12} tail={10} />
      </Fact>
    </Facts>
  )
}
