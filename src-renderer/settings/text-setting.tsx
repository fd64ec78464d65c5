import { type ReactNode, useState } from 'react'
import { Field, TextInput } from '../ui/field.tsx'

/** A line of text that is saved when the field is left or Enter is pressed; Escape takes it back. */
export function TextSetting(props: {
  label: string
  hint: string
  placeholder?: string
  value: string
  onSave: (value: string) => void
}): ReactNode {
  const [typed, setTyped] = useState<string>()
  const save = (): void => {
    const text = typed?.trim()
    if (text !== undefined && text !== props.value) props.onSave(text)
    setTyped(undefined)
  }
  return (
    <Field label={props.label} hint={props.hint}>
      {(wiring) => (
        <TextInput
          {...wiring}
          value={typed ?? props.value}
          placeholder={props.placeholder}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={save}
          onKeyDown={(event) => {
            if (event.key === 'Enter') save()
            if (event.key === 'Escape') setTyped(undefined)
          }}
          className="font-mono text-[12px] placeholder:font-sans placeholder:text-body"
        />
      )}
    </Field>
  )
}
