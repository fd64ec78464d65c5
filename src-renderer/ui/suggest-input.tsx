/** A field with suggestions below it: arrow keys walk through them, Enter takes one, Escape puts them away. */
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import { cx } from './cx.ts'
import { TextInput } from './field.tsx'

export interface Suggestion {
  readonly id: string
  readonly text: string
  /** Beside it, fainter. */
  readonly note?: string
}

export function SuggestInput(props: {
  wiring: { readonly id: string }
  value: string
  /** What fits what was typed; nothing is shown for none. */
  suggestions: readonly Suggestion[]
  label: string
  placeholder?: string
  maxLength?: number
  className?: string
  onChange: (value: string) => void
  onTake: (suggestion: Suggestion) => void
}): ReactNode {
  const { suggestions } = props
  const list = useId()
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState(-1)
  const shown = open && suggestions.length > 0
  const active = shown ? suggestions[at] : undefined
  const close = (): void => {
    setOpen(false)
    setAt(-1)
  }
  const take = (suggestion: Suggestion): void => {
    close()
    props.onTake(suggestion)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && suggestions.length > 0) {
      setOpen(true)
      setAt(shown ? (at + step + suggestions.length + 1) % (suggestions.length + 1) : 0)
    } else if (event.key === 'Enter' && active) take(active)
    else if (event.key === 'Escape' && shown) close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className="relative">
      <TextInput
        {...props.wiring}
        role="combobox"
        aria-expanded={shown}
        aria-autocomplete="list"
        {...(shown ? { 'aria-controls': list } : {})}
        {...(active ? { 'aria-activedescendant': `${list}${active.id}` } : {})}
        value={props.value}
        placeholder={props.placeholder}
        maxLength={props.maxLength}
        onChange={(event) => {
          setOpen(true)
          setAt(-1)
          props.onChange(event.target.value)
        }}
        onFocus={() => setOpen(true)}
        onBlur={close}
        onKeyDown={onKeyDown}
        className={cx(props.className)}
      />
      {shown && (
        <div
          role="listbox"
          id={list}
          aria-label={props.label}
          className="absolute inset-x-0 top-8 z-20 max-h-48 animate-appear overflow-y-auto rounded-md bg-raised p-1 shadow-popover"
        >
          {suggestions.map((suggestion, n) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names its option by aria-activedescendant
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
            <div
              key={suggestion.id}
              role="option"
              id={`${list}${suggestion.id}`}
              aria-selected={n === at}
              // The field keeps the focus.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(suggestion)}
              className={cx('flex h-7 items-center gap-3 rounded-sm px-2', n === at ? 'bg-selected' : 'hover:bg-hover')}
            >
              <bdi className="truncate">{suggestion.text}</bdi>
              {suggestion.note && (
                <span className="ml-auto shrink-0 font-mono text-[12px] text-muted">{suggestion.note}</span>
              )}
            </div>
          ))}
        </div>
      )}
    </div>
  )
}
