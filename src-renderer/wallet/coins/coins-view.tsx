/** The coins one by one: what each is worth, where it came from, and whether it is set aside. */
import { Coins, Copy, Snowflake, SunSnow, Telescope } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { useApp, useToasts } from '../../app/context.tsx'
import { useTable } from '../../app/use-table.ts'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { CoinRow, WalletInfo } from '../../client/types.ts'
import { chosenOf, useMarked } from '../../peers/selections.ts'
import { Amount } from '../../ui/amount.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { formatCount, formatPlural, shortenMiddle } from '../../ui/format.ts'
import { MenuItem, MenuLine } from '../../ui/menu.tsx'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import type { Sort } from '../../ui/table/column.ts'
import { MenuTable } from '../../ui/table/menu-table.tsx'
import { LabelField } from '../label-field.tsx'
import { useChanges } from '../use-changes.ts'
import { COIN_COLUMNS } from './coin-columns.tsx'
import { canBeSpent, sumOf } from './coin-words.ts'
import { useCoins } from './use-coins.ts'

const USUAL_SORT: Sort = { by: 'value', direction: 'desc' }
const coinId = (coin: CoinRow): string => coin.id

export function CoinsView({ info }: { info: WalletInfo }): ReactNode {
  const [changed, setChanged] = useState(0)
  const asked = useCoins(`${changed} ${useChanges(info)}`)
  const table = useTable('wallet-coins', USUAL_SORT)
  const marked = useMarked()
  const freeze = useFreeze(() => setChanged((before) => before + 1))
  const showChain = useApp((state) => state.showChain)
  if (asked.state.status === 'loading') return <TableSkeleton label="Reading the coins" />
  if (asked.state.status === 'failed')
    return <FeedFailed title="The coins cannot be read" message={asked.state.message} onRetry={asked.retry} />
  const { rows, total } = asked.state.value
  if (rows.length === 0) return <NoCoins />
  const chosen = chosenOf(rows, marked)
  const show = (id: string): void => showChain({ kind: 'transaction', id: id.slice(0, 64) })
  return (
    <section aria-label="Coins" className="flex h-full flex-col">
      <Bar rows={rows} total={total} chosen={chosen} onFreeze={freeze} />
      <div className="min-h-28 grow basis-0">
        <MenuTable
          label="Coins"
          rows={rows}
          rowId={coinId}
          columns={COIN_COLUMNS}
          {...table}
          {...marked}
          onOpen={show}
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key.toLowerCase() !== 'f' || event.ctrlKey || event.metaKey || event.altKey) return
            event.preventDefault()
            void freeze(chosen)
          }}
          menuLabel="Coin"
          menu={<CoinMenu chosen={chosen} onFreeze={freeze} onShow={show} />}
        />
      </div>
      {chosen.length === 1 && chosen[0] && (
        <CoinDetails key={chosen[0].id} row={chosen[0]} onSaved={() => setChanged((before) => before + 1)} />
      )}
    </section>
  )
}

type Freeze = (rows: readonly CoinRow[]) => Promise<void>

/** Freezes what is free; frees where all of them are frozen. */
function useFreeze(onChanged: () => void): Freeze {
  const { wallet } = useClients()
  const problem = useToasts((toasts) => toasts.problem)
  return async (rows) => {
    const frozen = !rows.every(({ status }) => status === 'frozen')
    try {
      for (const { id, status } of rows) if ((status === 'frozen') !== frozen) await wallet.freeze({ coin: id, frozen })
    } catch (error) {
      problem(sentenceOf(error))
    }
    onChanged()
  }
}

function Bar(props: {
  rows: readonly CoinRow[]
  total: number
  chosen: readonly CoinRow[]
  onFreeze: Freeze
}): ReactNode {
  const { rows, total, chosen } = props
  const counted = chosen.length > 0 ? chosen : rows.filter(canBeSpent)
  const thaw = chosen.length > 0 && chosen.every(({ status }) => status === 'frozen')
  return (
    <div className="flex min-h-10 shrink-0 items-center gap-3 border-b border-line px-4">
      <span className="text-muted tabular-nums">
        {chosen.length > 0 ? `${formatCount(chosen.length)} selected` : formatPlural(total, 'coin')}
        {rows.length < total && `, the first ${formatCount(rows.length)} listed`}
      </span>
      <span className="text-muted">
        <Amount grains={sumOf(counted)} className="text-text" />{' '}
        {chosen.length > 0 ? 'in all' : 'to be spent or frozen'}
      </span>
      <div role="toolbar" aria-label="Selected coins" className="ml-auto">
        <IconButton
          label={thaw ? 'Free for spending' : 'Freeze'}
          shortcut="F"
          icon={thaw ? SunSnow : Snowflake}
          disabled={chosen.length === 0}
          onClick={() => void props.onFreeze(chosen)}
        />
      </div>
    </div>
  )
}

function CoinMenu(props: { chosen: readonly CoinRow[]; onFreeze: Freeze; onShow: (id: string) => void }): ReactNode {
  const { chosen } = props
  const [first] = chosen
  const done = useToasts((toasts) => toasts.done)
  const thaw = chosen.length > 0 && chosen.every(({ status }) => status === 'frozen')
  return (
    <>
      <MenuItem
        icon={thaw ? SunSnow : Snowflake}
        shortcut="F"
        disabled={!first}
        onSelect={() => void props.onFreeze(chosen)}
      >
        {thaw ? 'Free for spending' : 'Freeze'}
      </MenuItem>
      <MenuLine />
      <MenuItem
        icon={Telescope}
        shortcut="Enter"
        disabled={chosen.length !== 1}
        onSelect={() => first && props.onShow(first.id)}
      >
        Show its transaction
      </MenuItem>
      <MenuItem
        icon={Copy}
        disabled={chosen.length !== 1}
        onSelect={async () => {
          if (first && (await copyText(first.address))) done('Copied the address.')
        }}
      >
        Copy address
      </MenuItem>
    </>
  )
}

/** The label of one coin, to be changed. */
function CoinDetails({ row, onSaved }: { row: CoinRow; onSaved: () => void }): ReactNode {
  return (
    <section aria-label="Details" className="flex shrink-0 items-center gap-3 border-t border-line px-4 py-2">
      <span className="shrink-0 font-mono text-[12px] text-muted" title={row.id}>
        {shortenMiddle(row.id.slice(0, 64), 8, 6)}
        {row.id.slice(64)}
      </span>
      <LabelField
        type="output"
        subject={row.id}
        name="Label of this coin"
        label={row.label}
        className="max-w-100"
        onSaved={onSaved}
      />
    </section>
  )
}

function NoCoins(): ReactNode {
  const show = useApp((state) => state.showWallet)
  return (
    <EmptyState
      icon={Coins}
      title="There is no coin in this wallet"
      actions={<Button onClick={() => show('receive')}>Get an address</Button>}
    >
      Every payment makes coins. They stand here one by one, and can be set aside or chosen by hand.
    </EmptyState>
  )
}
