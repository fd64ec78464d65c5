/** Cells that the lists of transactions have in common. */
import type { ReactNode } from 'react'
import type { HistoryRow } from '../../client/types.ts'
import { Amount } from '../../ui/amount.tsx'
import { cx } from '../../ui/cx.ts'
import { NONE, shortenMiddle } from '../../ui/format.ts'
import { isVoid, KIND_LOOKS, partyOf, statusLook } from './history-words.ts'

export function KindCell({ row }: { row: HistoryRow }): ReactNode {
  const { word, icon: Icon } = KIND_LOOKS[row.kind]
  return (
    <span className="flex items-center gap-1.5">
      <Icon size={14} aria-hidden className="shrink-0 text-muted" />
      {word}
    </span>
  )
}

export function StatusCell({ row }: { row: HistoryRow }): ReactNode {
  const { word, icon: Icon, ink } = statusLook(row)
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Icon size={14} aria-hidden className={cx('shrink-0', ink)} />
      <span className="truncate">{word}</span>
    </span>
  )
}

/** With whom; text from outside or from a person, so text only. */
export function PartyCell({ row }: { row: HistoryRow }): ReactNode {
  const { words, isAddress } = partyOf(row)
  if (words === '') return <span className="text-faint">{NONE}</span>
  if (isAddress) return <span className="font-mono text-[12px]">{shortenMiddle(words, 12, 8)}</span>
  return <bdi>{words}</bdi>
}

/** Struck through where it never counts. */
export function DeltaCell({ row }: { row: HistoryRow }): ReactNode {
  if (isVoid(row))
    return (
      <s className="text-muted">
        <Amount grains={row.delta} even />
      </s>
    )
  return <Amount grains={row.delta} even signed />
}
