/** How the chain stands, and its newest blocks. */
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { firstOf, useMempool, useRecentBlocks } from '../../client/context.tsx'
import type { ChainInfo } from '../../client/types.ts'
import { Ago } from '../../ui/ago.tsx'
import { Amount } from '../../ui/amount.tsx'
import { formatBytes, formatCount, formatPlural, NONE } from '../../ui/format.ts'
import { hashesQuantity, hashRateQuantity } from '../../ui/hash-rate.ts'
import { QuantityText } from '../../ui/quantity.tsx'
import { shownTip } from './block-list.ts'
import { BlocksTable } from './blocks-table.tsx'
import { keepsWords, MODE_WORDS, NETWORK_WORDS, networkRate, sourcesWords } from './chain-words.ts'
import { Figure } from './figure.tsx'
import { IdLink, PlaceLink } from './links.tsx'
import { MEMPOOL } from './places.ts'
import { formatVirtualBytes } from './sizes.ts'

export function TipView({ info: newest }: { info: ChainInfo }): ReactNode {
  const { state } = useRecentBlocks()
  const info = { ...newest, ...shownTip(newest, state.status === 'ready' ? state.items[0] : undefined) }
  return (
    <div className="flex h-full flex-col">
      <TipCard info={info} />
      <MempoolLine />
      <div className="min-h-0 grow">
        <BlocksTable tip={info.height} />
      </div>
    </div>
  )
}

function TipCard({ info }: { info: ChainInfo }): ReactNode {
  const { state } = useRecentBlocks()
  const rate = networkRate(state.status === 'ready' ? state.items : [], info.difficulty)
  return (
    <section aria-label="The tip of the chain" className="@container shrink-0 border-b border-line px-4 py-3">
      <dl className="grid grid-cols-3 gap-x-6 gap-y-2 @min-[700px]:grid-cols-5">
        <Figure name={`Height, ${NETWORK_WORDS[info.network].toLowerCase()}`}>
          <span className="text-title font-semibold" data-selectable="">
            {formatCount(info.height)}
          </span>
        </Figure>
        <Figure name="Newest block">{info.tipTime > 0 ? <Ago at={info.tipTime * 1_000} /> : NONE}</Figure>
        <Figure name="Difficulty" hint="Hashes that a block takes on average">
          <QuantityText quantity={hashesQuantity(info.difficulty)} />
        </Figure>
        <Figure name="Network, about" hint="The work of the newest blocks over the time they took: it wanders">
          {rate === undefined ? NONE : <QuantityText quantity={hashRateQuantity(rate)} />}
        </Figure>
        <Figure name="Coins made">{info.supply === undefined ? NONE : <Amount grains={info.supply} />}</Figure>
        <Figure name="Mode" hint={keepsWords(info)}>
          {MODE_WORDS[info.mode]}
          {info.light ? (
            <span className="text-muted">, {sourcesWords(info.light.sources)}</span>
          ) : (
            <span className="text-muted @max-[960px]:hidden"> {keepsWords(info)}</span>
          )}
        </Figure>
        <Figure
          name="Peers"
          hint={info.listening ? `Peers reach this node at ${info.listening}` : 'Peers cannot reach this node'}
        >
          {formatCount(info.peers)}
        </Figure>
        <Figure name="Unspent outputs">{info.coins === undefined ? NONE : formatCount(info.coins)}</Figure>
        <Figure name="On disk">{formatBytes(info.diskBytes)}</Figure>
        <Figure name="Tip">
          <IdLink to={{ kind: 'block', id: info.tip }} id={info.tip} what="block" head={8} tail={6} />
        </Figure>
      </dl>
    </section>
  )
}

function MempoolLine(): ReactNode {
  const mempool = firstOf(useMempool())
  return (
    <div className="flex h-9 shrink-0 items-center gap-4 border-b border-line px-4 tabular-nums">
      <PlaceLink to={MEMPOOL} className="flex items-center gap-0.5 font-medium">
        Mempool
        <ChevronRight size={14} aria-hidden />
      </PlaceLink>
      {mempool && (
        <>
          <span>
            {mempool.transactions === 0 ? 'Empty' : `${formatPlural(mempool.transactions, 'transaction')} waiting`}
          </span>
          {mempool.transactions > 0 && (
            <span className="truncate text-muted">
              {formatVirtualBytes(mempool.virtualBytes)}, fees of <Amount grains={mempool.fees} />
            </span>
          )}
        </>
      )}
    </div>
  )
}
