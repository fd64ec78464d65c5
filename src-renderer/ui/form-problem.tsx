import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

/** What is wrong with a field, hung below it over what is there, so that nothing moves. */
export function FormProblem(props: { id: string; children: string }): ReactNode {
  return (
    <p
      id={props.id}
      role="alert"
      className="absolute top-8 left-0 z-20 flex max-w-120 items-start gap-1.5 rounded-sm bg-raised px-2 py-1 text-caption text-danger shadow-popover"
    >
      <CircleAlert size={14} aria-hidden className="mt-px shrink-0" />
      <span className="min-w-0 break-words">{props.children}</span>
    </p>
  )
}
