/** Form controls with a name, a hint and an error that belong to them for assistive technology as well. */
import { CircleAlert } from 'lucide-react'
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react'
import { cx } from './cx.ts'

const CONTROL =
  'w-full rounded-sm border border-line-control/70 bg-surface px-2 text-text placeholder:text-faint hover:border-line-control aria-invalid:border-danger disabled:opacity-50'

export interface FieldNotes {
  readonly hint?: ReactNode
  /** One sentence with the next step. */
  readonly error?: string | undefined
}

interface Wiring {
  readonly id: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
}

/** A label above its control, and what is to be said about it below. */
export function Field(props: FieldNotes & { label: string; children: (wiring: Wiring) => ReactNode }): ReactNode {
  const id = useId()
  const notes = `${id}-notes`
  const said = props.error !== undefined || props.hint !== undefined
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block font-medium">
        {props.label}
      </label>
      {props.children({
        id,
        ...(said ? { 'aria-describedby': notes } : {}),
        ...(props.error === undefined ? {} : { 'aria-invalid': true }),
      })}
      {said && (
        <div id={notes} className="mt-1 text-caption text-muted">
          {props.error === undefined ? props.hint : <Problem>{props.error}</Problem>}
        </div>
      )}
    </div>
  )
}

export function Problem(props: { children: ReactNode }): ReactNode {
  return (
    <span role="alert" className="flex items-start gap-1 text-danger">
      <CircleAlert size={14} aria-hidden className="mt-px shrink-0" />
      <span className="min-w-0 break-words">{props.children}</span>
    </span>
  )
}

type InputProps = InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }

export function TextInput({ className, ...rest }: InputProps): ReactNode {
  return <input type="text" spellCheck={false} autoComplete="off" {...rest} className={cx(CONTROL, 'h-7', className)} />
}

type AreaProps = TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }

export function TextArea({ className, ...rest }: AreaProps): ReactNode {
  return <textarea spellCheck={false} {...rest} className={cx(CONTROL, 'block resize-none py-1', className)} />
}

export function Select({ className, ...rest }: SelectHTMLAttributes<HTMLSelectElement>): ReactNode {
  return <select {...rest} className={cx(CONTROL, 'h-7', className)} />
}

/** A box with its name beside it and what it means below. */
export function Checkbox(props: {
  label: string
  hint?: ReactNode
  checked: boolean
  disabled?: boolean
  onChange: (checked: boolean) => void
}): ReactNode {
  const id = useId()
  return (
    <div className="flex items-start gap-2">
      <input
        type="checkbox"
        id={id}
        checked={props.checked}
        disabled={props.disabled ?? false}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        onChange={(event) => props.onChange(event.target.checked)}
        className="mt-[3px] size-[14px] shrink-0"
      />
      <div className="min-w-0">
        <label htmlFor={id}>{props.label}</label>
        {props.hint && (
          <p id={`${id}-hint`} className="text-caption text-muted">
            {props.hint}
          </p>
        )}
      </div>
    </div>
  )
}

export interface Choice<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly hint?: string
}

/** A few choices that exclude each other, each with a line of explanation. */
export function Choices<Value extends string>(props: {
  legend: string
  hideLegend?: boolean
  /** Side by side, for short ones without explanations. */
  inline?: boolean
  /** In a dialog: the chosen one takes the focus when it opens. */
  focusFirst?: boolean
  value: Value | undefined
  choices: readonly Choice<Value>[]
  onChange: (value: Value) => void
}): ReactNode {
  const name = useId()
  return (
    <fieldset className={cx('flex gap-2', props.inline ? 'flex-wrap' : 'flex-col')}>
      <legend className={props.hideLegend ? 'sr-only' : 'mb-1 font-medium'}>{props.legend}</legend>
      {props.choices.map(({ value, label, hint }) => (
        <label
          key={value}
          className="flex items-start gap-2 rounded-sm border border-line px-3 py-2 outline-offset-1 outline-focus hover:bg-hover has-checked:border-accent has-checked:bg-selected has-focus-visible:outline-2"
        >
          <input
            type="radio"
            name={name}
            checked={props.value === value}
            {...(props.focusFirst && props.value === value ? { 'data-autofocus': '' } : {})}
            onChange={() => props.onChange(value)}
            className="mt-[3px] size-[14px] shrink-0 outline-none"
          />
          <span className="min-w-0">
            {label}
            {hint && <span className="block text-caption text-muted">{hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
