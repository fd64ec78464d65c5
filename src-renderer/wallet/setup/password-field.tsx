/** Fields for passwords: hidden unless a person looks, never remembered by the page. */
import { Eye, EyeOff } from 'lucide-react'
import { type ReactNode, type Ref, useState } from 'react'
import { MIN_PASSWORD_CHARACTERS } from '#shared/contract/vault-channel.ts'
import { IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Field, TextInput } from '../../ui/field.tsx'
import { passwordStrength, type Strength } from './password-strength.ts'

export function PasswordField(props: {
  label: string
  value: string
  hint?: ReactNode
  error?: string | undefined
  autoFocus?: boolean
  fieldRef?: Ref<HTMLInputElement>
  onChange: (value: string) => void
}): ReactNode {
  const [shown, setShown] = useState(false)
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(wiring) => (
        <div className="flex gap-1">
          <TextInput
            {...wiring}
            type={shown ? 'text' : 'password'}
            autoComplete="off"
            {...(props.autoFocus ? { 'data-autofocus': '' } : {})}
            {...(props.fieldRef ? { ref: props.fieldRef } : {})}
            maxLength={1_024}
            value={props.value}
            onChange={(event) => props.onChange(event.target.value)}
          />
          <IconButton
            label={shown ? `Hide: ${props.label}` : `Show: ${props.label}`}
            icon={shown ? EyeOff : Eye}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          />
        </div>
      )}
    </Field>
  )
}

export interface NewPassword {
  readonly first: string
  readonly second: string
}

export const NO_PASSWORD: NewPassword = { first: '', second: '' }

/** What is wrong with a new password that was typed twice; undefined for nothing. */
export function newPasswordProblem({ first, second }: NewPassword): { first?: string; second?: string } | undefined {
  if ([...first].length < MIN_PASSWORD_CHARACTERS)
    return { first: `Use ${MIN_PASSWORD_CHARACTERS} characters or more.` }
  if (first !== second) return { second: 'The two differ. Type the same password again.' }
  return undefined
}

/** A new password, typed twice, with a hint at how hard it is to guess. */
export function NewPasswordFields(props: {
  value: NewPassword
  /** Problems are told from the first try on. */
  tried: boolean
  autoFocus?: boolean
  onChange: (value: NewPassword) => void
}): ReactNode {
  const { value, onChange } = props
  const problem = props.tried ? newPasswordProblem(value) : undefined
  return (
    <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
      <PasswordField
        label="Password"
        value={value.first}
        {...(props.autoFocus ? { autoFocus: true } : {})}
        hint={<StrengthHint password={value.first} />}
        error={problem?.first}
        onChange={(first) => onChange({ ...value, first })}
      />
      <PasswordField
        label="Password again"
        value={value.second}
        error={problem?.second}
        onChange={(second) => onChange({ ...value, second })}
      />
    </div>
  )
}

const LOOKS: Readonly<Record<Strength['level'], string>> = {
  short: 'bg-line-control',
  weak: 'bg-danger',
  fair: 'bg-warning',
  strong: 'bg-fill-positive',
}

function StrengthHint({ password }: { password: string }): ReactNode {
  const { level, fraction, words } = passwordStrength(password, MIN_PASSWORD_CHARACTERS)
  return (
    <span className="flex flex-col gap-1">
      <span aria-hidden className="block h-1 overflow-hidden rounded-full bg-track">
        <span className={cx('block h-full rounded-full', LOOKS[level])} style={{ width: `${fraction * 100}%` }} />
      </span>
      <span>{words}</span>
    </span>
  )
}
