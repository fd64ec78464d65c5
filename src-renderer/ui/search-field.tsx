import { Search } from 'lucide-react'
import type { ReactNode, Ref } from 'react'
import { TextInput } from './field.tsx'

/** Narrows what a page lists. Escape empties it, a second one leaves it. */
export function SearchField(props: {
  ref?: Ref<HTMLInputElement>
  label: string
  placeholder?: string
  value: string
  onChange: (text: string) => void
}): ReactNode {
  return (
    <search className="relative ml-auto w-64 min-w-28">
      <Search size={14} aria-hidden className="absolute top-[7px] left-2 text-faint" />
      <TextInput
        {...(props.ref ? { ref: props.ref } : {})}
        type="search"
        aria-label={props.label}
        placeholder={props.placeholder ?? 'Search'}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          if (props.value === '') event.currentTarget.blur()
          else props.onChange('')
        }}
        className="pl-7"
      />
    </search>
  )
}
