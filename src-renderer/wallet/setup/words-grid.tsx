import type { ReactNode } from 'react'

/** The words in their order, numbered. Can be read and written down; nothing copies them. */
export function WordsGrid({ words }: { words: readonly string[] }): ReactNode {
  return (
    <ol aria-label="Your words, in order" className="grid grid-cols-3 gap-x-3 gap-y-1.5 min-[620px]:grid-cols-4">
      {words.map((word, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a word may stand there twice: its place is what tells it
        <li key={n} className="flex items-baseline gap-2 rounded-sm bg-sunken px-2 py-1">
          <span className="w-5 shrink-0 text-right text-caption text-faint tabular-nums">{n + 1}</span>
          <span translate="no" className="min-w-0 break-all font-medium">
            {word}
          </span>
        </li>
      ))}
    </ol>
  )
}
