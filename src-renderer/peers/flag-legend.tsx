import type { ReactNode } from 'react'
import { FLAGS } from './flags.ts'

/** What the letters of the flags stand for, below the table. */
export function FlagLegend(): ReactNode {
  return (
    <dl
      aria-label="Flags"
      className="flex shrink-0 flex-wrap gap-x-4 border-t border-line bg-sunken px-4 py-1 text-caption text-muted"
    >
      {FLAGS.map(({ letter, meaning }) => (
        <div key={letter} className="flex gap-1.5 whitespace-nowrap">
          <dt className="font-mono text-text">{letter}</dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  )
}
