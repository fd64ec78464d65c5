/** What is being tried for a magnet of which only the hash is known, in words. */
import type { MetadataProgress, TorrentRow } from '../client/types.ts'

/** Of a torrent that is fetching its metadata; undefined for every other. */
export function metadataOf(row: TorrentRow): MetadataProgress | undefined {
  return row.state === 'fetching-metadata' ? row.metadata : undefined
}

/** `the DHT, the local network and 2 trackers`; empty where nothing can be asked. */
export function sourceWords(asking: readonly string[]): string {
  const words = asking.map((source) => (/^\d|^given/.test(source) ? source : `the ${source}`))
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

/** A span of seconds that goes on, no finer than it matters. */
export function lastingWords(seconds: number): string {
  if (!(seconds >= 60)) return 'a moment'
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** How far it has come, as one sentence. */
export function stageSentence(metadata: MetadataProgress): string {
  if (metadata.received > 0) return 'Peers are sending the metadata.'
  if (metadata.serving > 0) return 'A peer that has the metadata is asked for it.'
  if (metadata.connected > 0) return 'None of the connected peers has offered the metadata yet.'
  if (metadata.connecting > 0) return 'Peers are known and being connected to.'
  if (metadata.known > 0) return 'The peers that were heard of cannot be reached now; they are tried again.'
  return 'No peer has been heard of yet.'
}
