import { type ReactNode, useState } from 'react'
import { Field, TextInput } from '../ui/field.tsx'
import { formatCount } from '../ui/format.ts'

/** The whole number typed, or the sentence that says what it must be. */
export function readNumber(text: string, min: number, max: number): number | string {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN
  if (value >= min && value <= max) return value
  return `Enter a whole number from ${formatCount(min)} to ${formatCount(max)}.`
}

/** A number that is saved when the field is left or Enter is pressed; Escape takes it back. */
export function NumberSetting(props: {
  label: string
  hint: string
  value: number
  min: number
  max: number
  onSave: (value: number) => void
}): ReactNode {
  const [typed, setTyped] = useState<string>()
  const read = typed === undefined ? props.value : readNumber(typed, props.min, props.max)
  const save = (): void => {
    if (typeof read === 'string') return
    if (read !== props.value) props.onSave(read)
    setTyped(undefined)
  }
  return (
    <Field label={props.label} hint={props.hint} error={typeof read === 'string' ? read : undefined}>
      {(wiring) => (
        <TextInput
          {...wiring}
          inputMode="numeric"
          value={typed ?? String(props.value)}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={save}
          onKeyDown={(event) => {
            if (event.key === 'Enter') save()
            if (event.key === 'Escape') setTyped(undefined)
          }}
          className="max-w-28"
        />
      )}
    </Field>
  )
}
