/** Choices of files as people and links make them, turned into a selection of a torrent's files. */
import { type FileRange, includesFile } from '../../codec/magnet-files.ts'
import { Bitfield } from '../../torrent/bitfield.ts'
import { type FileSelection, selectionOf, shownFiles } from '../../torrent/file-selection.ts'
import type { Metainfo } from '../../torrent/metainfo/metainfo.ts'
import { TorrentsError } from './torrents-error.ts'

/** Bits kept of a choice that was made before the torrent's files were known. */
const MAX_CHOSEN_FILES = 200_000

/** @param chosen numbers among the files that people are shown; undefined: all. @throws TorrentsError NO_SUCH_FILE */
export function chosenFiles(metainfo: Metainfo, chosen: readonly number[] | undefined): FileSelection | undefined {
  if (chosen === undefined) return undefined
  const shown = shownFiles(metainfo)
  return selectionOf(
    metainfo,
    chosen.map((number) => {
      const index = shown[number]
      if (index === undefined) throw new TorrentsError({ code: 'NO_SUCH_FILE', file: number, files: shown.length })
      return index
    }),
  )
}

/**
 * A choice among the first `upTo` of the files that people are shown; the others stay as they are.
 * @param before undefined: all were wanted. @throws TorrentsError NO_SUCH_FILE
 */
export function chosenAmongFirst(
  metainfo: Metainfo,
  chosen: readonly number[],
  upTo: number,
  before: FileSelection | undefined,
): FileSelection | undefined {
  const beyond = chosen.find((number) => number >= upTo)
  if (beyond !== undefined) throw new TorrentsError({ code: 'NO_SUCH_FILE', file: beyond, files: upTo })
  const others = shownFiles(metainfo).flatMap((index, number) =>
    number >= upTo && (before?.files.has(index) ?? true) ? [number] : [],
  )
  return chosenFiles(metainfo, [...chosen, ...others])
}

/** What a link says (`so`, BEP 53): numbers in the metainfo. Those that are not there are passed over; where none is left, all are wanted. */
export function linkedFiles(metainfo: Metainfo, ranges: readonly FileRange[] | undefined): FileSelection | undefined {
  if (ranges === undefined) return undefined
  const selection = selectionOf(
    metainfo,
    [...metainfo.files.keys()].filter((index) => includesFile(ranges, index)),
  )
  return selection?.files.count === 0 ? undefined : selection
}

/** A choice among files that are not known yet, to be kept: a bit for each file that people will be shown. @throws TorrentsError NO_SUCH_FILE */
export function keptChoice(chosen: readonly number[] | undefined): Uint8Array | undefined {
  if (chosen === undefined) return undefined
  const bits = new Bitfield(chosen.reduce((most, number) => Math.max(most, number + 1), 0) || 1)
  if (bits.length > MAX_CHOSEN_FILES)
    throw new TorrentsError({ code: 'NO_SUCH_FILE', file: bits.length - 1, files: MAX_CHOSEN_FILES })
  for (const number of chosen) bits.set(number)
  return bits.bytes
}

/** What `keptChoice` kept, now that the files are known. Numbers that are not there are passed over. */
export function choiceOf(metainfo: Metainfo, kept: Uint8Array): FileSelection | undefined {
  const bits = new Bitfield(8 * kept.length, kept)
  const shown = shownFiles(metainfo)
  return selectionOf(
    metainfo,
    shown.filter((_, number) => number < bits.length && bits.has(number)),
  )
}
