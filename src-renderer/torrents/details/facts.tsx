import type { ReactNode } from 'react'

/** A group of facts under a heading: name on the left, value on the right. */
export function Facts(props: { title: string; children: ReactNode }): ReactNode {
  return (
    <div className="min-w-0">
      <h2 className="mb-1 text-caption font-medium text-faint">{props.title}</h2>
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4">{props.children}</dl>
    </div>
  )
}

export function Fact(props: { name: string; children: ReactNode }): ReactNode {
  return (
    <>
      <dt className="text-muted">{props.name}</dt>
      <dd className="min-w-0 truncate">{props.children}</dd>
    </>
  )
}
