/** One made-up row of the list, for tests and the mock page. */
import type { TorrentRow } from '../client/types.ts'

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
