import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** A few views of one thing, of which one is shown. */
export function Segments<Id extends string>(props: {
  label: string
  segments: readonly { readonly id: Id; readonly title: string }[]
  active: Id
  onChange: (id: Id) => void
}): ReactNode {
  return (
    <fieldset className="flex w-fit shrink-0 gap-0.5 rounded-sm bg-sunken p-0.5">
      <legend className="sr-only">{props.label}</legend>
      {props.segments.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          aria-pressed={id === props.active}
          onClick={() => props.onChange(id)}
          className={cx(
            'h-6 rounded-sm px-2.5 font-medium whitespace-nowrap transition-colors duration-100',
            id === props.active ? 'bg-selected text-accent-text' : 'text-muted hover:bg-hover hover:text-text',
          )}
        >
          {title}
        </button>
      ))}
    </fieldset>
  )
}
