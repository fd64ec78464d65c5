/** Made-up rows, one at a time, for tests and the mock page. */
import type { PublicationRow, SubscriptionRow, TorrentRow } from '../client/types.ts'

/** 40 hex digits, all different for different `n`. */
export function sampleHash(n: number): string {
  let state = (n + 1) * 2_654_435_761
  let hash = ''
  while (hash.length < 40) {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e37_79b9) >>> 0
    hash += state.toString(16).padStart(8, '0')
  }
  return hash
}

export function sampleRow(n: number, changes: Partial<TorrentRow> = {}): TorrentRow {
  return {
    id: sampleHash(n),
    name: `Torrent ${n}`,
    state: 'downloading',
    reason: '',
    size: 1_000_000,
    selected: 1_000_000,
    done: 250_000,
    checked: 0,
    downRate: 0,
    upRate: 0,
    downloaded: 250_000,
    uploaded: 0,
    seeds: 0,
    peers: 0,
    directory: '/home/ada/Downloads',
    private: false,
    addedAt: 1_795_000_000_000 + n,
    ...changes,
  }
}

export const sampleMagnet = (id: string): string =>
  `magnet:?xt=urn:btih:${id}&dn=${id.slice(0, 6)}&tr=https%3A%2F%2Ftracker.example.org%2Fannounce`

const sampleKey = (n: number): string => sampleHash(n + 5_000) + sampleHash(n + 6_000).slice(0, 24)

export function samplePublication(n: number, changes: Partial<PublicationRow> = {}): PublicationRow {
  const id = sampleKey(n)
  return {
    id,
    name: `Link ${n}`,
    magnet: `magnet:?xs=urn:btpk:${id}`,
    torrent: sampleHash(n),
    torrentName: `Torrent ${n}`,
    seq: 3n,
    state: 'published',
    stored: 8,
    publishedAt: 1_795_000_000_000,
    reason: '',
    ...changes,
  }
}

export function sampleSubscription(n: number, changes: Partial<SubscriptionRow> = {}): SubscriptionRow {
  const id = sampleKey(n + 100)
  return {
    id,
    name: `Followed ${n}`,
    magnet: `magnet:?xs=urn:btpk:${id}`,
    directory: '/home/ada/Downloads',
    torrent: sampleHash(n),
    seq: 7n,
    state: 'current',
    checkedAt: 1_795_000_000_000,
    reason: '',
    ...changes,
  }
}
