/** Which URLs of a .torrent or a magnet link can be used: trackers and web seeds (BEP 19). All come from strangers. */
import { strictTextOf, utf8 } from '../kernel/bytes.ts'

export const MAX_URL_BYTES = 2_048

const TRACKER_PROTOCOLS: readonly string[] = ['http:', 'https:', 'udp:']
const WEB_SEED_PROTOCOLS: readonly string[] = ['http:', 'https:']

/** The tracker's URL as it stands there, without spaces around it; undefined where it cannot be used. */
export function usableTrackerUrl(bytes: Uint8Array | undefined): string | undefined {
  return usableUrl(bytes, TRACKER_PROTOCOLS)
}

/** The web seed's URL as it stands there, without spaces around it; undefined where it cannot be used. */
export function usableWebSeedUrl(bytes: Uint8Array | undefined): string | undefined {
  return usableUrl(bytes, WEB_SEED_PROTOCOLS)
}

/** Whether reading a torrent or magnet link would keep `url` as a tracker. */
export function isTrackerUrl(url: string): boolean {
  return usableTrackerUrl(utf8(url)) === url
}

/** Whether reading a torrent or magnet link would keep `url` as a web seed. */
export function isWebSeedUrl(url: string): boolean {
  return usableWebSeedUrl(utf8(url)) === url
}

function usableUrl(bytes: Uint8Array | undefined, protocols: readonly string[]): string | undefined {
  if (bytes === undefined || bytes.length > MAX_URL_BYTES) return undefined
  const text = strictTextOf(bytes)?.trim()
  if (text === undefined || /[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return protocols.includes(url.protocol) && url.hostname !== '' ? text : undefined
}
