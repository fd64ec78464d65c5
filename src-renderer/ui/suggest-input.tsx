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
  const walk = useWalk(suggestions, props.onTake)
  return (
    <div className="relative">
      <TextInput
        {...props.wiring}
        role="combobox"
        aria-expanded={walk.shown}
        aria-autocomplete="list"
        {...(walk.shown ? { 'aria-controls': list } : {})}
        {...(walk.active ? { 'aria-activedescendant': `${list}${walk.active.id}` } : {})}
        value={props.value}
        placeholder={props.placeholder}
        maxLength={props.maxLength}
        onChange={(event) => {
          walk.open()
          props.onChange(event.target.value)
        }}
        onFocus={walk.open}
        onBlur={walk.close}
        onKeyDown={walk.onKeyDown}
        className={props.className}
      />
      {walk.shown && (
        <div
          role="listbox"
          id={list}
          aria-label={props.label}
          className="absolute inset-x-0 top-8 z-20 max-h-48 animate-appear overflow-y-auto rounded-md bg-raised p-1 shadow-popover"
        >
          {suggestions.map((suggestion) => (
            <Option
              key={suggestion.id}
              id={`${list}${suggestion.id}`}
              suggestion={suggestion}
              active={suggestion === walk.active}
              onTake={() => walk.take(suggestion)}
            />
          ))}
        </div>
      )}
    </div>
  )
}

/** Which suggestion the keyboard stands on, and whether they are shown at all. */
function useWalk(suggestions: readonly Suggestion[], onTake: (suggestion: Suggestion) => void) {
  const [opened, setOpened] = useState(false)
  const [at, setAt] = useState(-1)
  const shown = opened && suggestions.length > 0
  const active = shown ? suggestions[at] : undefined
  const turn = (to: boolean): void => {
    setOpened(to)
    setAt(-1)
  }
  const take = (suggestion: Suggestion): void => {
    turn(false)
    onTake(suggestion)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    // One place more than there are suggestions: none of them, the text as it was typed.
    const places = suggestions.length + 1
    if (step !== 0 && suggestions.length > 0) {
      setOpened(true)
      setAt(shown ? ((at + 1 + step + places) % places) - 1 : 0)
    } else if (event.key === 'Enter' && active) take(active)
    else if (event.key === 'Escape' && shown) turn(false)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return { shown, active, open: () => turn(true), close: () => turn(false), take, onKeyDown }
}

function Option(props: { id: string; suggestion: Suggestion; active: boolean; onTake: () => void }): ReactNode {
  const { suggestion, active } = props
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names its option by aria-activedescendant
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
    <div
      role="option"
      id={props.id}
      aria-selected={active}
      // The field keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
      onClick={props.onTake}
      className={cx('flex h-7 items-center gap-3 rounded-sm px-2', active ? 'bg-selected' : 'hover:bg-hover')}
    >
      <bdi className="truncate">{suggestion.text}</bdi>
      {suggestion.note && <span className="ml-auto shrink-0 font-mono text-[12px] text-muted">{suggestion.note}</span>}
    </div>
  )
}
