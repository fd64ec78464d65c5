/** From where to where the coins of a transaction go: inputs and outputs side by side, with their sums. */
import { ArrowRight } from 'lucide-react'
import type { ReactNode } from 'react'
import type { TransactionPage, TransferEntry } from '../../client/types.ts'
import { Amount } from '../../ui/amount.tsx'
import { formatCount, NONE, shortenMiddle } from '../../ui/format.ts'
import { visibleText } from './chain-words.ts'
import { CopyIcon, IdLink, PlaceLink } from './links.tsx'
import { SubHeading } from './page-parts.tsx'

export function Transfers({ transaction }: { transaction: TransactionPage }): ReactNode {
  const { from, to, inputs, outputs, isCoinbase } = transaction
  return (
    <div className="grid gap-x-4 @min-[760px]:grid-cols-[minmax(0,1fr)_16px_minmax(0,1fr)]">
      <Side title={inputs === 1 ? 'One input' : `${formatCount(inputs)} inputs`} entries={from} count={inputs}>
        {isCoinbase ? undefined : sumOf(from, inputs)}
      </Side>
      <ArrowRight size={16} aria-hidden className="mt-7 text-faint @max-[759px]:hidden" />
      <Side title={outputs === 1 ? 'One output' : `${formatCount(outputs)} outputs`} entries={to} count={outputs}>
        {transaction.value}
      </Side>
    </div>
  )
}

/** Undefined where one of the values is not known. */
function sumOf(entries: readonly TransferEntry[], count: number): bigint | undefined {
  let sum = 0n
  for (const { value } of entries) {
    if (value === undefined) return undefined
    sum += value
  }
  return count > entries.length ? undefined : sum
}

function Side(props: {
  title: string
  entries: readonly TransferEntry[]
  count: number
  children: bigint | undefined
}): ReactNode {
  const { entries, count, title, children: sum } = props
  return (
    <section aria-label={title} className="min-w-0">
      <SubHeading title={title}>{sum !== undefined && <Amount grains={sum} even />}</SubHeading>
      <ol>
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: inputs and outputs are told apart by their place alone
          <li key={index} className="flex min-h-8 items-center gap-3 border-b border-line/60 py-1">
            <span className="w-6 shrink-0 text-right text-caption text-faint tabular-nums">{index}</span>
            <span className="min-w-0 grow">
              <Party entry={entry} />
            </span>
            <span className="shrink-0">
              {entry.value === undefined ? (
                <span
                  className="text-faint"
                  title={entry.kind === 'coinbase' ? undefined : 'What it spends is not kept here'}
                >
                  {NONE}
                </span>
              ) : (
                <Amount grains={entry.value} even />
              )}
            </span>
          </li>
        ))}
      </ol>
      {count > entries.length && (
        <p className="py-1 text-muted">{formatCount(count - entries.length)} more are not shown.</p>
      )}
    </section>
  )
}

/** Who an entry pays or spends from, and the transaction at its other end. */
function Party({ entry }: { entry: TransferEntry }): ReactNode {
  const { address, kind, outpoint, text } = entry
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2">
      {address === undefined ? (
        <span className="font-medium">{kind === 'coinbase' ? 'New coins and fees' : kind}</span>
      ) : (
        <IdLink to={{ kind: 'address', id: address }} id={address} what="address" head={9} tail={6} />
      )}
      {text !== undefined && <ForeignText text={text} />}
      {outpoint && (
        <PlaceLink to={{ kind: 'transaction', id: outpoint.txid }} className="text-caption">
          output {formatCount(outpoint.index)} of{' '}
          <span className="font-mono">{shortenMiddle(outpoint.txid, 6, 4)}</span>
        </PlaceLink>
      )}
      <Spent entry={entry} />
    </span>
  )
}

function Spent({ entry: { spentBy } }: { entry: TransferEntry }): ReactNode {
  if (spentBy === undefined) return null
  if (typeof spentBy === 'string')
    return (
      <PlaceLink to={{ kind: 'transaction', id: spentBy }} className="text-caption">
        spent by <span className="font-mono">{shortenMiddle(spentBy, 6, 4)}</span>
      </PlaceLink>
    )
  return <span className="text-caption text-muted">{spentBy ? 'spent' : 'unspent'}</span>
}

/** From outside: text only, and nothing in it can steer what is around it. */
function ForeignText({ text }: { text: string }): ReactNode {
  if (text === '') return null
  return (
    <span className="flex min-w-0 items-center gap-1 text-muted" title={visibleText(text)}>
      <bdi data-selectable="" className="truncate">
        “{visibleText(text)}”
      </bdi>
      <CopyIcon text={text} name="Copy the text" />
    </span>
  )
}
