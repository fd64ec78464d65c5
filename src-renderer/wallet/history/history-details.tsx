/** One transaction of the wallet in detail, with what can be done about it. */
import { CircleSlash, RadioTower, Telescope, X, Zap } from 'lucide-react'
import type { ReactNode } from 'react'
import { rateText, rateUnit } from '#shared/amounts.ts'
import type { HistoryRow } from '../../client/types.ts'
import { IdLink } from '../../explorer/chain/links.tsx'
import { Fact, Facts } from '../../torrents/details/facts.tsx'
import { Amount } from '../../ui/amount.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { formatCount, formatDateTime } from '../../ui/format.ts'
import { LabelField } from '../label-field.tsx'
import { KIND_LOOKS, statusLook } from './history-words.ts'
import { canSpeedUp, type HistoryActions } from './use-history-actions.ts'

const NAMED = 5

export function HistoryDetails(props: {
  row: HistoryRow
  actions: HistoryActions
  onLabelled: () => void
  onClose: () => void
}): ReactNode {
  const { row, actions } = props
  const { word, sentence, icon: Icon, ink } = statusLook(row)
  return (
    <section
      aria-label="Details"
      className="@container max-h-72 shrink-0 overflow-y-auto border-t border-line bg-surface px-4 py-3"
    >
      <div className="flex items-center gap-2">
        <Icon size={16} aria-hidden className={cx('shrink-0', ink)} />
        <span className="shrink-0 font-semibold">{word}</span>
        <span className="min-w-0 grow truncate text-muted" title={sentence}>
          {sentence}
        </span>
        <IconButton label="Hide details" icon={X} onClick={props.onClose} className="-mr-1" />
      </div>
      <div className="mt-2 flex flex-wrap gap-2">
        {canSpeedUp(row) && (
          <Button look="primary" icon={Zap} onClick={() => void actions.speedUp(row)}>
            Speed up
          </Button>
        )}
        {row.canRebroadcast && (
          <Button icon={RadioTower} onClick={() => void actions.rebroadcast(row)}>
            Offer it again
          </Button>
        )}
        {row.canAbandon && (
          <Button icon={CircleSlash} onClick={() => actions.askAbandon(row)}>
            Abandon…
          </Button>
        )}
        <Button icon={Telescope} onClick={() => actions.showInExplorer(row)}>
          Show in the Explorer
        </Button>
      </div>
      <div className="mt-3 grid grid-cols-1 gap-x-8 gap-y-3 @min-[720px]:grid-cols-2">
        <Sums row={row} />
        <Parties row={row} onLabelled={props.onLabelled} />
      </div>
    </section>
  )
}

function Sums({ row }: { row: HistoryRow }): ReactNode {
  return (
    <Facts title={KIND_LOOKS[row.kind].word}>
      <Fact name="Amount">
        <Amount grains={row.delta} signed />
      </Fact>
      {row.fee !== undefined && (
        <Fact name="Fee">
          <Amount grains={row.fee} />
          {row.feeRate !== undefined && (
            <span className="text-muted">{` at ${rateText(row.feeRate)} ${rateUnit(row.feeRate)}`}</span>
          )}
        </Fact>
      )}
      <Fact name={row.height === undefined ? 'First seen' : 'In a block'}>{formatDateTime(row.time * 1_000)}</Fact>
      {row.height !== undefined && (
        <Fact name="Block">
          <IdLinkOfBlock height={row.height} />
        </Fact>
      )}
      <Fact name="Size">{formatCount(row.virtualSize)} vB</Fact>
    </Facts>
  )
}

function IdLinkOfBlock({ height }: { height: number }): ReactNode {
  return <IdLink to={{ kind: 'block', id: height }} id={String(height)} what="block" />
}

function Parties({ row, onLabelled }: { row: HistoryRow; onLabelled: () => void }): ReactNode {
  const rest = row.addresses.length - NAMED
  return (
    <Facts title="With whom">
      <Fact name="Label">
        <LabelField
          type="tx"
          subject={row.id}
          name="Label of this transaction"
          label={row.label}
          className="-ml-2 h-5!"
          onSaved={onLabelled}
        />
      </Fact>
      {row.contacts.length > 0 && (
        <Fact name="Contacts">
          <bdi>{row.contacts.join(', ')}</bdi>
        </Fact>
      )}
      {row.addresses.slice(0, NAMED).map((address) => (
        <Fact key={address} name={row.kind === 'sent' ? 'To' : 'On'}>
          <IdLink to={{ kind: 'address', id: address }} id={address} what="address" />
        </Fact>
      ))}
      {rest > 0 && <Fact name="">and {formatCount(rest)} more</Fact>}
      <Fact name="Transaction">
        <IdLink to={{ kind: 'transaction', id: row.id }} id={row.id} what="transaction" />
      </Fact>
      {row.replacedBy && (
        <Fact name="Replaced by">
          <IdLink to={{ kind: 'transaction', id: row.replacedBy }} id={row.replacedBy} what="transaction" />
        </Fact>
      )}
    </Facts>
  )
}
