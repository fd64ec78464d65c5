/** One recipient: whom, how much, and what for. */
import { CircleCheck, UserRound, X } from 'lucide-react'
import { type ReactNode, useEffect, useEffectEvent } from 'react'
import { coins } from '#shared/amounts.ts'
import type { PaymentTarget, WalletContact } from '../../client/types.ts'
import { IconButton } from '../../ui/button.tsx'
import { Checkbox, Field, TextInput } from '../../ui/field.tsx'
import { shortenMiddle } from '../../ui/format.ts'
import { SuggestInput } from '../../ui/suggest-input.tsx'
import { contactNamed, type RecipientForm, targetText } from './payment-form.ts'
import { type TargetState, useTarget } from './use-target.ts'

const MAX_SUGGESTIONS = 6
const MAX_LABEL = 255

export interface RecipientProblems {
  readonly to?: string | undefined
  readonly amount?: string | undefined
}

export function RecipientFields(props: {
  recipient: RecipientForm
  /** From 1. */
  number: number
  several: boolean
  contacts: readonly WalletContact[]
  problems: RecipientProblems
  onChange: (changes: Partial<Omit<RecipientForm, 'key'>>) => void
  onRemove: () => void
}): ReactNode {
  const { recipient, number, contacts, several, onChange, problems } = props
  const target = useTarget(targetText(contacts, recipient.to))
  useFilledByUri(recipient, target, onChange)
  const name = several ? `Recipient ${number}` : 'Recipient'
  return (
    <fieldset className="relative rounded-md border border-line p-3">
      <legend className="sr-only">{name}</legend>
      {several && (
        <IconButton
          label={`Take ${name.toLowerCase()} out`}
          icon={X}
          onClick={props.onRemove}
          className="absolute top-1 right-1 size-6"
        />
      )}
      <div className="flex flex-col gap-3">
        <ToField {...props} name={name} target={target} />
        <div className="grid gap-3 @min-[560px]:grid-cols-[200px_minmax(0,1fr)]">
          <div>
            <Field label="Amount in SHL" error={recipient.everything ? undefined : problems.amount}>
              {(wiring) => (
                <TextInput
                  {...wiring}
                  inputMode="decimal"
                  maxLength={40}
                  placeholder={recipient.everything ? 'Everything' : '0.00'}
                  disabled={recipient.everything}
                  value={recipient.everything ? '' : recipient.amount}
                  onChange={(event) => onChange({ amount: event.target.value })}
                  className="text-right tabular-nums"
                />
              )}
            </Field>
            <div className="mt-2">
              <Checkbox
                label="Everything, less the fee"
                checked={recipient.everything}
                onChange={(everything) => onChange({ everything })}
              />
            </div>
          </div>
          <Field label="Label, for yourself">
            {(wiring) => (
              <TextInput
                {...wiring}
                maxLength={MAX_LABEL}
                placeholder="What it is for"
                value={recipient.label}
                onChange={(event) => onChange({ label: event.target.value })}
              />
            )}
          </Field>
        </div>
      </div>
    </fieldset>
  )
}

function ToField(props: {
  recipient: RecipientForm
  name: string
  contacts: readonly WalletContact[]
  problems: RecipientProblems
  target: TargetState
  onChange: (changes: Partial<Omit<RecipientForm, 'key'>>) => void
}): ReactNode {
  const { recipient, contacts, target, problems, onChange } = props
  const typed = recipient.to.trim().toLowerCase()
  const fitting = contactNamed(contacts, typed)
    ? []
    : contacts.filter(({ name }) => name.toLowerCase().includes(typed)).slice(0, MAX_SUGGESTIONS)
  // A name that is half typed is no wrong address yet.
  const wrong = target.status === 'wrong' && fitting.length === 0 ? target.sentence : undefined
  return (
    <Field label={props.name} hint={<TargetHint state={target} />} error={wrong ?? problems.to}>
      {(wiring) => (
        <SuggestInput
          wiring={wiring}
          label="Contacts"
          placeholder="Address, payment link or the name of a contact"
          maxLength={2_000}
          value={recipient.to}
          suggestions={fitting.map(({ id, name, address }) => ({ id, text: name, note: shortenMiddle(address, 8, 6) }))}
          onChange={(to) => onChange({ to })}
          onTake={({ text }) => onChange({ to: text })}
          className={looksLikeAddress(recipient.to) ? 'font-mono text-[12px]' : ''}
        />
      )}
    </Field>
  )
}

const looksLikeAddress = (text: string): boolean => /^(shoal:|[lt]?shl1)/i.test(text.trim())

/** What a payment link says of amount and purpose is taken over where nothing was typed yet. */
function useFilledByUri(
  recipient: RecipientForm,
  state: TargetState,
  onChange: (changes: Partial<Omit<RecipientForm, 'key'>>) => void,
): void {
  const fill = useEffectEvent((target: PaymentTarget) => {
    const text = target.message ?? target.label
    const changes = {
      ...(target.amount !== undefined && recipient.amount === '' && !recipient.everything
        ? { amount: coins(target.amount) }
        : {}),
      ...(text && recipient.label === '' ? { label: text.slice(0, MAX_LABEL) } : {}),
    }
    if (Object.keys(changes).length > 0) onChange(changes)
  })
  const target = state.status === 'known' ? state.target : undefined
  useEffect(() => {
    if (target) fill(target)
  }, [target])
}

function TargetHint({ state }: { state: TargetState }): ReactNode {
  if (state.status !== 'known') return 'It is checked as you type.'
  const { address, contact, own, used } = state.target
  const Icon = contact ? UserRound : CircleCheck
  return (
    <span role="status" className="flex items-center gap-1">
      <Icon size={14} aria-hidden className={contact ? 'shrink-0 text-muted' : 'shrink-0 text-positive'} />
      <span className="min-w-0 truncate" title={address}>
        {contact && (
          <>
            <bdi>{contact}</bdi>,{' '}
          </>
        )}
        <span className="font-mono">{shortenMiddle(address, 12, 8)}</span>
        {own ? ', one of your own addresses' : used ? ', used before' : ''}
      </span>
    </span>
  )
}
