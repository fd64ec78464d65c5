import type { ReactNode } from 'react'
import type { Settings } from '../client/types.ts'

export type Save = (changes: Partial<Settings>) => void

/** What each part of the page gets. */
export interface Part {
  readonly settings: Settings
  readonly save: Save
}

/** A part of the page: its name and what it is about on the left, what can be set on the right. */
export function Section(props: { title: string; about: string; children: ReactNode }): ReactNode {
  return (
    <section aria-label={props.title} className="grid grid-cols-[200px_minmax(0,1fr)] gap-8 py-6">
      <div>
        <h2 className="font-semibold">{props.title}</h2>
        <p className="mt-1 text-caption text-pretty text-muted">{props.about}</p>
      </div>
      <div className="flex flex-col gap-4">{props.children}</div>
    </section>
  )
}
