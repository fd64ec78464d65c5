/** One address, and what a payer may be asked for with it (BIP 21). */
import { type ReactNode, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import type { AddressRow } from '../../client/types.ts'
import { useAsked } from '../../client/use-asked.ts'
import { Amount } from '../../ui/amount.tsx'
import { Button } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy.tsx'
import { Field, TextInput } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'
import { readAmount } from '../read-amount.ts'
import { QrCode } from './qr-code.tsx'
import { type Fresh, NewAddressButton } from './receive-view.tsx'

const MAX_TEXT = 255

export function PaymentRequest({ row, fresh }: { row: AddressRow; fresh: Fresh }): ReactNode {
  const [amount, setAmount] = useState('')
  const [label, setLabel] = useState('')
  const [message, setMessage] = useState('')
  const read = amount.trim() === '' ? undefined : readAmount(amount)
  const grains = read?.outcome === 'amount' ? read.grains : undefined
  const asked = useAsked(
    `payment request ${row.id}`,
    ({ wallet }) =>
      wallet.paymentUri({
        address: row.id,
        ...(grains === undefined ? {} : { amount: grains }),
        ...(label.trim() === '' ? {} : { label: label.trim() }),
        ...(message.trim() === '' ? {} : { message: message.trim() }),
      }),
    JSON.stringify([String(grains ?? ''), label, message]),
  )
  const uri = asked.state.status === 'ready' ? asked.state.value.uri : `shoal:${row.id}`
  const plain = grains === undefined && label.trim() === '' && message.trim() === ''
  return (
    <div className="flex flex-wrap gap-x-8 gap-y-4">
      <QrCode text={plain ? row.id : uri} label={plain ? 'Code of the address' : 'Code of the payment request'} />
      <div className="flex min-w-80 max-w-140 grow basis-0 flex-col gap-3">
        <Given row={row} />
        <div className="grid gap-3 @min-[640px]:grid-cols-[140px_minmax(0,1fr)_minmax(0,1fr)]">
          <Field label="Amount in SHL" error={read?.outcome === 'fault' ? read.sentence : undefined}>
            {(wiring) => (
              <TextInput
                {...wiring}
                inputMode="decimal"
                maxLength={40}
                placeholder="Any"
                value={amount}
                onChange={(event) => setAmount(event.target.value)}
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
                value={label}
                onChange={(event) => setLabel(event.target.value)}
              />
            )}
          </Field>
          <Field label="Message for the payer">
            {(wiring) => (
              <TextInput
                {...wiring}
                maxLength={MAX_TEXT}
                placeholder="What for"
                value={message}
                onChange={(event) => setMessage(event.target.value)}
              />
            )}
          </Field>
        </div>
        <div className="flex flex-wrap items-start gap-2">
          <CopyButton text={row.id} what="address" look="primary" />
          <CopyButton text={uri} what="payment link" look="secondary" />
          <div className="ml-auto">
            <NewAddressButton fresh={fresh} look="secondary" />
          </div>
        </div>
      </div>
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

function CopyButton(props: { text: string; what: string; look: 'primary' | 'secondary' }): ReactNode {
  const done = useToasts((toasts) => toasts.done)
  const problem = useToasts((toasts) => toasts.problem)
  return (
    <Button
      look={props.look}
      title={props.text}
      onClick={async () => {
        if (await copyText(props.text)) done(`Copied the ${props.what}.`)
        else problem('The clipboard cannot be written. Try again.')
      }}
    >
      Copy {props.what}
    </Button>
  )
}
