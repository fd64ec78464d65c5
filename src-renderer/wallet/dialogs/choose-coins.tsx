/** Coin control: only what is marked here is spent by the payment that is being written. */
import { type ReactNode, useState } from 'react'
import { useWalletState } from '../../app/context.tsx'
import type { CoinRow } from '../../client/types.ts'
import { Amount } from '../../ui/amount.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatPlural, NONE, shortenMiddle } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { COIN_LOOKS, canBeSpent, sumOf } from '../coins/coin-words.ts'
import { useCoins } from '../coins/use-coins.ts'

/** As many as a draft may name. */
const MOST = 1_000

export function ChooseCoinsDialog({ onClose }: { onClose: () => void }): ReactNode {
  const kept = useWalletState((state) => state.payment.coins)
  const setPayment = useWalletState((state) => state.setPayment)
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set(kept))
  const { state } = useCoins('')
  const rows = state.status === 'ready' ? state.value.rows.filter(canBeSpent) : []
  const chosen = rows.filter(({ id }) => marked.has(id))
  const toggle = (id: string): void => {
    const next = new Set(marked)
    if (!next.delete(id) && chosen.length < MOST) next.add(id)
    setMarked(next)
  }
  const submit = (): void => {
    const coins = chosen.length === 0 ? undefined : chosen.map(({ id }) => id)
    setPayment((before) => ({ ...before, coins }))
    onClose()
  }
  return (
    <Dialog
      title="Choose coins"
      description="Only those that you mark are spent. Mark none, and the wallet chooses."
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <span role="status" className="mr-auto text-muted">
            {chosen.length === 0 ? (
              'The wallet chooses'
            ) : (
              <>
                {formatPlural(chosen.length, 'coin')}, <Amount grains={sumOf(chosen)} />
              </>
            )}
          </span>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={state.status !== 'ready'}>
            {chosen.length === 0 ? 'Let the wallet choose' : 'Use these'}
          </Button>
        </>
      }
    >
      {state.status === 'failed' && <Notice tone="danger">{state.message}</Notice>}
      {state.status === 'loading' && (
        <p role="status" className="text-muted">
          Reading the coins…
        </p>
      )}
      {state.status === 'ready' &&
        (rows.length === 0 ? (
          <p className="text-muted">There is no coin that can be spent now.</p>
        ) : (
          <fieldset className="max-h-80 overflow-y-auto rounded-md border border-line">
            <legend className="sr-only">Coins that can be spent</legend>
            {rows.map((row) => (
              <CoinChoice key={row.id} row={row} checked={marked.has(row.id)} onToggle={() => toggle(row.id)} />
            ))}
          </fieldset>
        ))}
    </Dialog>
  )
}

function CoinChoice(props: { row: CoinRow; checked: boolean; onToggle: () => void }): ReactNode {
  const { row } = props
  const { word, sentence } = COIN_LOOKS[row.status]
  return (
    <label className="flex h-8 items-center gap-3 border-line/60 px-3 not-last:border-b hover:bg-hover has-checked:bg-selected">
      <input type="checkbox" checked={props.checked} onChange={props.onToggle} className="size-[14px] shrink-0" />
      <span className="w-28 shrink-0 truncate text-muted" title={sentence}>
        {word}
      </span>
      <span className="min-w-0 grow truncate" title={row.address}>
        {row.label ? (
          <bdi>{row.label}</bdi>
        ) : (
          <span className="font-mono text-[12px]">{shortenMiddle(row.address, 10, 6) || NONE}</span>
        )}
      </span>
      <Amount grains={row.value} even className="shrink-0" />
    </label>
  )
}
