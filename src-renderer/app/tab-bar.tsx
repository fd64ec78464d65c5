import type { ReactNode } from 'react'

/** The bar on top of a page: its title, what finds things in it, and what is done most. */
export function TabBar(props: { title: string; children?: ReactNode }): ReactNode {
  return (
    <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line bg-surface px-4">
      <h1 className="text-title font-semibold">{props.title}</h1>
      {props.children}
    </header>
  )
}
