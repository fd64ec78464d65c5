/**
 * The URLs that a .torrent brings: trackers in tiers (`announce`, `announce-list`, BEP 12) and web seeds (`url-list`,
 * BEP 19). Reads what is there leniently, since none of it is part of the info-hash; keeps only what can be used.
 * Limits: 200 trackers, 100 web seeds, 2,048 bytes each; the rest is dropped.
 */

import { type BencodeEntries, findByteString } from '../../codec/bencode-entries.ts'
import { elementSpans } from '../../codec/bencode-scan.ts'
import { usableTrackerUrl, usableWebSeedUrl } from '../../codec/swarm-urls.ts'

export const MAX_TRACKERS = 200
export const MAX_WEB_SEEDS = 100
/** Elements of a list that are looked at in search of URLs. */
const MAX_LOOKED_AT = 10_000

/** Tiers without duplicates. `announce` counts only where `announce-list` brings no tracker (BEP 12). */
export function trackersOf(metainfo: BencodeEntries): string[][] {
  const known = new Set<string>()
  const tiers: string[][] = []
  const offer = (tier: Iterable<Uint8Array | undefined>) => {
    const urls: string[] = []
    for (const raw of tier) {
      const url = usableTrackerUrl(findByteString(raw))
      if (url === undefined || known.has(url) || known.size >= MAX_TRACKERS) continue
      known.add(url)
      urls.push(url)
    }
    if (urls.length > 0) tiers.push(urls)
  }
  // A flat list of URLs, as some programs write it, is read as tiers of one.
  for (const tier of elementsOf(metainfo.raw('announce-list'))) offer(isList(tier) ? elementsOf(tier) : [tier])
  if (tiers.length === 0) offer([metainfo.raw('announce')])
  return tiers
}

/** `url-list`: one string, or a list of them. */
export function webSeedsOf(metainfo: BencodeEntries): string[] {
  const raw = metainfo.raw('url-list')
  const urls = new Set<string>()
  for (const element of isList(raw) ? elementsOf(raw) : [raw]) {
    const url = usableWebSeedUrl(findByteString(element))
    if (url !== undefined && urls.size < MAX_WEB_SEEDS) urls.add(url)
  }
  return [...urls]
}

function isList(raw: Uint8Array | undefined): raw is Uint8Array {
  return raw?.[0] === 0x6c
}

function* elementsOf(raw: Uint8Array | undefined): Generator<Uint8Array> {
  if (!isList(raw)) return
  let count = 0
  for (const element of elementSpans(raw)) {
    if (++count > MAX_LOOKED_AT) return
    yield element
  }
}
