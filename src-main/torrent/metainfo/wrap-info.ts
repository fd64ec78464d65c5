/**
 * Puts a .torrent together around an info dictionary whose bytes must stay as they are, since the info-hash is taken
 * over them: for metadata that came from peers (BEP 9), and for a .torrent whose trackers grow.
 */
import { type BencodeInput, encodeBencode } from '../../codec/bencode.ts'
import { byteText, scanBencode } from '../../codec/bencode-scan.ts'
import { compareBytes, concatBytes, utf8 } from '../../kernel/bytes.ts'

export interface Surroundings {
  /** Tiers of announce URLs (BEP 12). */
  readonly trackers: readonly (readonly string[])[]
  readonly webSeeds: readonly string[]
}

/** The .torrent. `infoBytes` is one bencoded value; whether it describes files is checked by whoever parses the result. */
export function wrapInfo(infoBytes: Uint8Array, { trackers, webSeeds }: Surroundings): Uint8Array {
  return dictionaryOf([
    ...trackerEntries(trackers),
    ['info', infoBytes],
    ...(webSeeds.length > 0 ? [['url-list', encodeBencode(webSeeds)] as const] : []),
  ])
}

/** The same .torrent with other trackers; all else stays byte by byte. @param torrent one that has been parsed */
export function withTrackers(torrent: Uint8Array, trackers: Surroundings['trackers']): Uint8Array {
  const kept = entriesOf(torrent).filter(([key]) => !TRACKER_KEYS.includes(key))
  return dictionaryOf([...kept, ...trackerEntries(trackers)])
}

const TRACKER_KEYS: readonly string[] = ['announce', 'announce-list']

function trackerEntries(trackers: Surroundings['trackers']): (readonly [string, Uint8Array])[] {
  const tiers = trackers.filter((tier) => tier.length > 0)
  const [first] = tiers.flat()
  if (first === undefined) return []
  const list: BencodeInput = tiers
  return [
    ['announce', encodeBencode(first)],
    ...(tiers.flat().length > 1 ? [['announce-list', encodeBencode(list)] as const] : []),
  ]
}

/** Keys with one character for each byte, each with its raw value. */
function entriesOf(torrent: Uint8Array): (readonly [string, Uint8Array])[] {
  const keys: string[] = []
  let depth = 0
  scanBencode(
    torrent,
    {},
    {
      integer: () => {},
      byteString: () => {},
      key: (start, end) => {
        if (depth === 1) keys.push(byteText(torrent.subarray(start, end)))
      },
      open: () => {
        depth++
      },
      close: () => {
        depth--
      },
    },
  )
  const { spans } = scanBencode(torrent, { spansOf: keys })
  return [...spans].map(([key, { start, end }]) => [key, torrent.subarray(start, end)])
}

function dictionaryOf(entries: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const sorted = entries
    .map(([key, raw]) => ({ key: Uint8Array.from(key, (char) => char.charCodeAt(0)), raw }))
    .sort((a, b) => compareBytes(a.key, b.key))
  return concatBytes([utf8('d'), ...sorted.flatMap(({ key, raw }) => [utf8(`${key.length}:`), key, raw]), utf8('e')])
}
