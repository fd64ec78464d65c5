/** Which files of a torrent in the list are wanted, and the changes that are on their way to the engine. */
import { useEffect, useRef, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { TorrentDetail, TorrentRow } from '../../client/types.ts'

export type Wanted = ReadonlySet<number>

/**
 * The numbers of the files that are wanted. Of those that are not listed only their count is known: so many of them stand
 * for those that are, which is right for `all`, `some` and `none` as long as nobody asks which.
 */
export function wantedOf({ files, unlistedWanted }: Pick<TorrentDetail, 'files' | 'unlistedWanted'>): Wanted {
  const listed = files.flatMap(({ wanted }, index) => (wanted ? [index] : []))
  return new Set([...listed, ...Array.from({ length: unlistedWanted }, (_, n) => files.length + n)])
}

/** What to ask of the engine: files that are not listed are left as they are unless all or none of them was chosen. */
export function choiceOf(
  { files, fileCount }: Pick<TorrentDetail, 'files' | 'fileCount'>,
  before: Wanted,
  after: Wanted,
) {
  const unlisted = (wanted: Wanted): number => [...wanted].filter((file) => file >= files.length).length
  const numbers = [...after].sort((a, b) => a - b)
  if (fileCount === files.length || unlisted(before) !== unlisted(after)) return { files: numbers }
  return { files: numbers.filter((file) => file < files.length), upTo: files.length }
}

const same = (one: Wanted, other: Wanted): boolean =>
  one.size === other.size && [...one].every((file) => other.has(file))

/** What is shown at once and sent in the order of the presses; what the engine says counts again once it agrees. */
export function useWanted(row: TorrentRow, detail: TorrentDetail) {
  const { torrents } = useClients()
  const problem = useToasts((toasts) => toasts.problem)
  const [draft, setDraft] = useState<Wanted>()
  const sending = useRef(Promise.resolve())
  const told = wantedOf(detail)
  const agreed = draft !== undefined && same(draft, told)
  useEffect(() => {
    if (agreed) setDraft(undefined)
  }, [agreed])
  const choose = (wanted: Wanted): void => {
    const choice = choiceOf(detail, draft ?? told, wanted)
    setDraft(wanted)
    sending.current = sending.current
      .then(() => torrents.selectFiles({ id: row.id, ...choice }))
      .catch((error: unknown) => {
        setDraft(undefined)
        problem(sentenceOf(error))
      })
  }
  return { wanted: draft ?? told, settled: draft === undefined, choose }
}
