/** One address, and what a payer may be asked for with it (BIP 21). */
import { type ReactNode, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import type { AddressRow } from '../../client/types.ts'
import { Amount } from '../../ui/amount.tsx'
import { Button } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy.tsx'
import { Field, TextInput } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { readAmount } from '../read-amount.ts'
import { QrCode } from './qr-code.tsx'
import { type Fresh, NewAddressButton } from './receive-view.tsx'
import { usePaymentUri } from './use-payment-uri.ts'

const MAX_TEXT = 255

interface RequestForm {
  readonly amount: string
  readonly label: string
  readonly message: string
}

export function PaymentRequest({ row, fresh }: { row: AddressRow; fresh: Fresh }): ReactNode {
  const [form, setForm] = useState<RequestForm>({ amount: '', label: '', message: '' })
  const read = form.amount.trim() === '' ? undefined : readAmount(form.amount)
  const amount = read?.outcome === 'amount' ? read.grains : undefined
  const label = form.label.trim()
  const message = form.message.trim()
  const { uri, stale, failure } = usePaymentUri({ address: row.id, amount, label, message })
  const plain = amount === undefined && label === '' && message === ''
  return (
    <div className="flex flex-wrap gap-x-8 gap-y-4">
      <QrCode
        text={plain ? row.id : uri}
        label={plain ? 'Code of the address' : 'Code of the payment request'}
        stale={!plain && stale}
      />
      <div className="flex min-w-80 max-w-140 grow basis-0 flex-col gap-3">
        <Given row={row} />
        <RequestFields form={form} problem={read?.outcome === 'fault' ? read.sentence : undefined} onChange={setForm} />
        {failure && <Notice tone="danger">{failure}</Notice>}
        <div className="flex flex-wrap items-start gap-2">
          <CopyButton text={row.id} what="address" look="primary" disabled={false} />
          <CopyButton text={uri} what="payment link" look="secondary" disabled={stale || failure !== ''} />
          <div className="ml-auto">
            <NewAddressButton fresh={fresh} look="secondary" />
          </div>
        </div>
      </div>
    </div>
  )
}

/** What the payer is told besides the address; all of it may be left out. */
function RequestFields(props: {
  form: RequestForm
  problem: string | undefined
  onChange: (form: RequestForm) => void
}): ReactNode {
  const { form, onChange } = props
  return (
    <div className="grid gap-3 @min-[640px]:grid-cols-[140px_minmax(0,1fr)_minmax(0,1fr)]">
      <Field label="Amount in SHL" error={props.problem}>
        {(wiring) => (
          <TextInput
            {...wiring}
            inputMode="decimal"
            maxLength={40}
            placeholder="Any"
            value={form.amount}
            onChange={(event) => onChange({ ...form, amount: event.target.value })}
            className="text-right tabular-nums"
          />
        )}
      </Field>
      <Field label="Name for the payer">
        {(wiring) => (
          <TextInput
            {...wiring}
            maxLength={MAX_TEXT}
            placeholder="Who is paid"
            value={form.label}
            onChange={(event) => onChange({ ...form, label: event.target.value })}
          />
        )}
      </Field>
      <Field label="Message for the payer">
        {(wiring) => (
          <TextInput
            {...wiring}
            maxLength={MAX_TEXT}
            placeholder="What for"
            value={form.message}
            onChange={(event) => onChange({ ...form, message: event.target.value })}
          />
        )}
      </Field>
    </div>
  )
}

function Given({ row }: { row: AddressRow }): ReactNode {
  return (
    <div>
      <h2 className="font-semibold">{row.payments === 0 ? 'Your next address' : 'An address of yours'}</h2>
      <p data-selectable="" className="mt-1 font-mono break-all">
        {row.id}
      </p>
      <p className="mt-1 text-caption text-muted">
        {row.payments === 0 ? (
          'It is reserved: no payment is mixed with another one. Nothing has come on it yet.'
        ) : (
          <>
            {formatPlural(row.payments, 'payment')} so far, <Amount grains={row.received} />. A new one keeps payments
            apart.
          </>
        )}
      </p>
    </div>
  )
}

function CopyButton(props: {
  text: string
  what: string
  look: 'primary' | 'secondary'
  disabled: boolean
}): ReactNode {
  const done = useToasts((toasts) => toasts.done)
  const problem = useToasts((toasts) => toasts.problem)
  return (
    <Button
      look={props.look}
      title={props.text}
      disabled={props.disabled}
      onClick={async () => {
        if (await copyText(props.text)) done(`Copied the ${props.what}.`)
        else problem('The clipboard cannot be written. Try again.')
      }}
    >
      Copy {props.what}
    </Button>
  )
}
