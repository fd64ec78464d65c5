import type { ReactNode } from 'react'
import { useApp } from '../../app/context.tsx'
import type { HistoryRow } from '../../client/types.ts'
import { Ago } from '../../ui/ago.tsx'
import { DeltaCell, KindCell, PartyCell, StatusCell } from './history-parts.tsx'
import { statusLook } from './history-words.ts'

/** One transaction in a short list. Leads to its page in the Explorer. */
export function HistoryLine({ row }: { row: HistoryRow }): ReactNode {
  const showChain = useApp((state) => state.showChain)
  return (
    <li className="border-b border-line/60">
      <button
        type="button"
        title={statusLook(row).sentence}
        onClick={() => showChain({ kind: 'transaction', id: row.id })}
        className="grid h-8 w-full grid-cols-[96px_112px_minmax(0,1fr)_180px_176px] items-center gap-x-3 rounded-sm text-left -outline-offset-2 hover:bg-hover @max-[760px]:grid-cols-[80px_96px_minmax(0,1fr)_160px_160px]"
      >
        <span className="truncate text-muted tabular-nums">
          <Ago at={row.time * 1_000} />
        </span>
        <KindCell row={row} />
        <span className="truncate">
          <PartyCell row={row} />
        </span>
        <StatusCell row={row} />
        <span className="truncate text-right">
          <DeltaCell row={row} />
        </span>
      </button>
    </li>
  )
}
