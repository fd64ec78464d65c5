/** The form of a payment. Nothing is signed here: it leads to a review. */
import { ArrowRight, Coins, Plus } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useApp, useWalletState } from '../../app/context.tsx'
import { useClients } from '../../client/context.tsx'
import type { WalletInfo } from '../../client/types.ts'
import { useAsked } from '../../client/use-asked.ts'
import { useAttempt } from '../../client/use-attempt.ts'
import { Amount } from '../../ui/amount.tsx'
import { Button } from '../../ui/button.tsx'
import { formatPlural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { FeeField } from './fee-field.tsx'
import {
  type FormProblem,
  MAX_RECIPIENTS,
  type PaymentForm,
  readForm,
  withChanges,
  withoutRecipient,
  withRecipient,
} from './payment-form.ts'
import { RecipientFields } from './recipient-fields.tsx'
import { useContacts } from './use-contacts.ts'

const NO_PROBLEMS: readonly FormProblem[] = []

export function SendForm({ info }: { info: WalletInfo }): ReactNode {
  const form = useWalletState((state) => state.payment)
  const change = useWalletState((state) => state.setPayment)
  const review = useReview(form)
  const fees = useAsked('fee estimates', ({ wallet }) => wallet.feeEstimates(), info.scan.target)
  const of = (key: number, field: 'to' | 'amount') =>
    review.problems.find(({ at }) => at !== 'fee' && at.key === key && at.field === field)?.sentence
  const several = form.recipients.length > 1
  return (
    <form
      noValidate
      aria-label="Payment"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        void review.submit()
      }}
      className="@container h-full overflow-y-auto"
    >
      <div className="flex max-w-180 flex-col gap-4 px-4 py-4">
        {form.recipients.map((recipient, n) => (
          <RecipientFields
            key={recipient.key}
            recipient={recipient}
            number={n + 1}
            several={several}
            contacts={review.contacts}
            problems={{ to: of(recipient.key, 'to'), amount: of(recipient.key, 'amount') }}
            onChange={(changes) => change((before) => withChanges(before, recipient.key, changes))}
            onRemove={() => change((before) => withoutRecipient(before, recipient.key))}
          />
        ))}
        <div className="flex flex-wrap items-center gap-2">
          <Button icon={Plus} disabled={form.recipients.length >= MAX_RECIPIENTS} onClick={() => change(withRecipient)}>
            Add a recipient
          </Button>
          <CoinControl form={form} onFree={() => change((before) => ({ ...before, coins: undefined }))} />
        </div>
        <FeeField
          value={form.fee}
          estimates={fees.state.status === 'ready' ? fees.state.value : []}
          problem={review.problems.find(({ at }) => at === 'fee')?.sentence}
          onChange={(fee) => change((before) => ({ ...before, fee }))}
        />
        {review.refusal && <Notice tone="danger">{review.refusal}</Notice>}
        <div className="flex flex-wrap items-center gap-3 border-t border-line pt-4">
          <Button type="submit" look="primary" icon={ArrowRight} disabled={review.busy}>
            {review.busy ? 'Choosing coins…' : 'Review'}
          </Button>
          <span className="text-muted">
            <Amount grains={info.balance.available} /> available. Nothing is sent before you have looked it over.
          </span>
        </div>
      </div>
    </form>
  )
}

/** Which coins may be spent: the wallet's choice, or those chosen by hand. */
function CoinControl({ form, onFree }: { form: PaymentForm; onFree: () => void }): ReactNode {
  const ask = useApp((state) => state.ask)
  return (
    <>
      <Button icon={Coins} onClick={() => ask({ kind: 'wallet-choose-coins' })}>
        {form.coins === undefined ? 'Choose coins…' : `Only ${formatPlural(form.coins.length, 'coin')}…`}
      </Button>
      {form.coins !== undefined && (
        <Button look="quiet" onClick={onFree}>
          Let the wallet choose
        </Button>
      )}
    </>
  )
}

/** What is wrong with the form once it was tried, and the plan when nothing is. */
function useReview(form: PaymentForm) {
  const { wallet } = useClients()
  const { contacts } = useContacts()
  const setReview = useWalletState((state) => state.setReview)
  const [tried, setTried] = useState(false)
  const { busy, refusal, attempt } = useAttempt()
  const read = readForm(form, contacts)
  const submit = async (): Promise<void> => {
    setTried(true)
    if (read.outcome === 'problems') return
    await attempt(async () => {
      const plan = await wallet.plan(read.draft)
      setReview({ plan, source: { kind: 'payment', draft: read.draft }, again: false })
    })
  }
  return {
    contacts,
    busy,
    refusal: refusal?.sentence,
    problems: tried && read.outcome === 'problems' ? read.problems : NO_PROBLEMS,
    submit,
  }
}
