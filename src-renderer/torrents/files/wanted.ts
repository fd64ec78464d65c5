/** Which files of a torrent in the list are wanted, and the changes that are on their way to the engine. */
import { useEffect, useRef, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { TorrentDetail, TorrentRow } from '../../client/types.ts'

export type Wanted = ReadonlySet<number>

/**
 * The numbers of the files that are wanted. Of those that are not listed only bytes are known: they count as not wanted
 * where they have some and none of them are, else as wanted.
 */
export function wantedOf({ files, fileCount }: TorrentDetail, row: Pick<TorrentRow, 'size' | 'selected'>): Wanted {
  const wanted = new Set<number>()
  let listed = 0
  let listedWanted = 0
  for (const [index, file] of files.entries()) {
    listed += file.size
    if (!file.wanted) continue
    wanted.add(index)
    listedWanted += file.size
  }
  if (row.selected > listedWanted || listed >= row.size)
    for (let index = files.length; index < fileCount; index += 1) wanted.add(index)
  return wanted
}

const same = (one: Wanted, other: Wanted): boolean =>
  one.size === other.size && [...one].every((file) => other.has(file))

/** What is shown at once and sent in the order of the presses; what the engine says counts again once it agrees. */
export function useWanted(row: TorrentRow, detail: TorrentDetail) {
  const { torrents } = useClients()
  const problem = useToasts((toasts) => toasts.problem)
  const [draft, setDraft] = useState<Wanted>()
  const sending = useRef(Promise.resolve())
  const told = wantedOf(detail, row)
  const agreed = draft !== undefined && same(draft, told)
  useEffect(() => {
    if (agreed) setDraft(undefined)
  }, [agreed])
  const choose = (wanted: Wanted): void => {
    setDraft(wanted)
    const files = [...wanted].sort((a, b) => a - b)
    sending.current = sending.current
      .then(() => torrents.selectFiles({ id: row.id, files }))
      .catch((error: unknown) => {
        setDraft(undefined)
        problem(sentenceOf(error))
      })
  }
  return { wanted: draft ?? told, choose }
}
