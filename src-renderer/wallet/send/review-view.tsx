/** What would be signed, to be looked over: whom, how much, the fee, the change and what remains. */
import { ArrowLeft, PenLine } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { rateText, rateUnit } from '#shared/amounts.ts'
import { useWalletState } from '../../app/context.tsx'
import type { FeeChoice, PaymentPlan, WalletInfo } from '../../client/types.ts'
import { useAsked } from '../../client/use-asked.ts'
import { IdLink } from '../../explorer/chain/links.tsx'
import { Fact } from '../../torrents/details/facts.tsx'
import { Amount } from '../../ui/amount.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyText } from '../../ui/copy.tsx'
import { formatCount, formatPlural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import type { Review } from '../state.ts'
import { FeeField } from './fee-field.tsx'
import { type FeeForm, readFee } from './payment-form.ts'
import { usePlanActions } from './use-plan-actions.ts'

const TITLES: Readonly<Record<PaymentPlan['kind'], string>> = {
  payment: 'Look it over',
  bump: 'Replace it by a dearer one',
  child: 'Speed it up by a payment to yourself',
}

const SENTENCES: Readonly<Record<PaymentPlan['kind'], string>> = {
  payment: 'Once signed and passed on, it cannot be taken back.',
  bump: 'The same payment with a higher fee takes the place of the one that waits.',
  child: 'A payment to yourself spends what is on its way, and pays for both.',
}

export function ReviewView({ review, info }: { review: Review; info: WalletInfo }): ReactNode {
  const { plan, again } = review
  const actions = usePlanActions(review)
  const setReview = useWalletState((state) => state.setReview)
  return (
    <form
      noValidate
      aria-label="Review"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        actions.send(info.locked)
      }}
      className="@container h-full overflow-y-auto"
    >
      <div className="flex max-w-180 flex-col gap-4 px-4 py-4">
        <div>
          <h2 className="text-title font-semibold">{TITLES[plan.kind]}</h2>
          <p className="text-muted">{SENTENCES[plan.kind]}</p>
        </div>
        {again && (
          <Notice tone="info">The coins have changed in the meantime, and so has this. Look it over again.</Notice>
        )}
        <Recipients plan={plan} />
        <Sums plan={plan} />
        {plan.speedsUp && <OtherFee review={review} onChoose={actions.replan} busy={actions.busy} />}
        {plan.warnings.map(({ code, message }) => (
          <Notice key={code} tone="warning">
            {message}
          </Notice>
        ))}
        {actions.refusal && <Notice tone="danger">{actions.refusal.sentence}</Notice>}
        <div className="flex flex-wrap items-center gap-2 border-t border-line pt-4">
          <Button icon={ArrowLeft} disabled={actions.busy} onClick={() => setReview(undefined)}>
            Back
          </Button>
          <Button type="submit" look="primary" icon={PenLine} disabled={actions.busy}>
            {actions.busy ? 'Signing…' : info.locked ? 'Unlock, sign and send' : 'Sign and send'}
          </Button>
        </div>
      </div>
    </form>
  )
}

function Recipients({ plan }: { plan: PaymentPlan }): ReactNode {
  if (plan.recipients.length === 0) return null
  return (
    <ul aria-label="Recipients" className="rounded-md border border-line">
      {plan.recipients.map(({ address, contact, label, amount }, n) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: the same address may stand there twice
          key={n}
          className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-line px-3 py-2 not-last:border-b"
        >
          <div className="min-w-0 grow">
            {contact && (
              <p className="font-medium">
                <bdi>{contact}</bdi>
              </p>
            )}
            <p data-selectable="" className="font-mono text-[12px] break-all">
              {address}
            </p>
            {label && (
              <p className="text-caption text-muted">
                <bdi>{label}</bdi>
              </p>
            )}
          </div>
          <span className="ml-auto font-semibold">
            <Amount grains={amount} />
          </span>
        </li>
      ))}
    </ul>
  )
}

function Sums({ plan }: { plan: PaymentPlan }): ReactNode {
  const { total, fee, feeRate, virtualSize, change, changeAddress, remaining, coins, speedsUp } = plan
  const unconfirmed = coins.filter(({ confirmed }) => !confirmed).length
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-0.5">
      {plan.kind !== 'child' && (
        <Fact name="Paid">
          <Amount grains={total} />
        </Fact>
      )}
      <Fact name="Fee">
        <Amount grains={fee} /> <span className="text-muted">for {formatCount(virtualSize)} vB</span>
        {speedsUp?.fee !== undefined && (
          <span className="text-muted">
            {' '}
            (so far <Amount grains={speedsUp.fee} />)
          </span>
        )}
      </Fact>
      <Fact name="Rate">
        {rateText(feeRate)} <span className="text-faint">{rateUnit(feeRate)}</span>
      </Fact>
      <Fact name="Paid in all">
        <span className="font-semibold">
          <Amount grains={plan.kind === 'child' ? fee : total + fee} />
        </span>
      </Fact>
      <Fact name="Change">
        {change === undefined ? (
          <span className="text-muted">none</span>
        ) : (
          <span className="flex flex-wrap items-center gap-x-2">
            <Amount grains={change} />
            {changeAddress && <CopyText text={changeAddress} label="change address" />}
          </span>
        )}
      </Fact>
      <Fact name="Remains">
        <Amount grains={remaining} />
      </Fact>
      <Fact name="Spends">
        {formatPlural(coins.length, 'coin')}
        {unconfirmed > 0 && `, ${formatCount(unconfirmed)} of them unconfirmed`}
      </Fact>
      {speedsUp && (
        <Fact name="Speeds up">
          <IdLink to={{ kind: 'transaction', id: speedsUp.txid }} id={speedsUp.txid} what="transaction" />
        </Fact>
      )}
    </dl>
  )
}

/** Of what is sped up, the fee is the one thing to choose. */
function OtherFee(props: { review: Review; busy: boolean; onChoose: (fee: FeeChoice) => void }): ReactNode {
  const { source } = props.review
  const chosen = source.kind === 'faster' ? source.fee : source.draft.fee
  const [form, setForm] = useState<FeeForm>(formOf(chosen))
  const fees = useAsked('fee estimates', ({ wallet }) => wallet.feeEstimates())
  const read = readFee(form)
  return (
    <div className="flex flex-col gap-2">
      <FeeField
        value={form}
        estimates={fees.state.status === 'ready' ? fees.state.value : []}
        problem={typeof read === 'string' && form.kind === 'custom' && form.rate !== '' ? read : undefined}
        onChange={(fee) => {
          setForm(fee)
          if (fee.kind === 'target') props.onChoose({ target: fee.target })
        }}
      />
      {form.kind === 'custom' && (
        <Button
          className="w-fit"
          disabled={props.busy || typeof read === 'string'}
          onClick={() => typeof read !== 'string' && props.onChoose(read)}
        >
          Use this rate
        </Button>
      )}
    </div>
  )
}

function formOf(fee: FeeChoice): FeeForm {
  return 'target' in fee ? { kind: 'target', target: fee.target } : { kind: 'custom', rate: String(fee.feeRate) }
}
