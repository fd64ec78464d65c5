/** Made-up peers over several torrents; always the same for the same number. */
import type { PeerRow, TorrentRow } from '../client/types.ts'
import { addressAt } from './generate-overlay.ts'
import { randomFrom } from './random.ts'

const CLIENTS = [
  'Shoal 0.1',
  'Transmission 4.0.6',
  'qBittorrent/4.5.2',
  'aria2/1.36.0',
  'libtorrent 2.0.9',
  '',
] as const
const SOURCES = ['tracker', 'kademlia', 'incoming', 'pex', 'kademlia', 'local', 'given'] as const

export function generatePeers(
  count: number,
  torrents: readonly Pick<TorrentRow, 'id' | 'name'>[],
  now: number,
): PeerRow[] {
  return Array.from({ length: count }, (_, n) => {
    const random = randomFrom(n * 31 + 7)
    const flag = (chance = 0.5): boolean => random() < chance
    const torrent = torrents[Math.floor(random() ** 2 * torrents.length)] ?? { id: '0'.repeat(40), name: 'Torrent' }
    const flags = {
      amInterested: flag(),
      peerChoking: flag(),
      peerInterested: flag(),
      amChoking: flag(),
      snubbed: flag(0.07),
      optimistic: flag(0.1),
    }
    const down = flags.amInterested && !flags.peerChoking && !flags.snubbed
    const up = flags.peerInterested && !flags.amChoking
    const source = SOURCES[n % SOURCES.length] ?? 'tracker'
    return {
      id: `peer ${n}`,
      torrent: torrent.id,
      torrentName: torrent.name,
      address: source === 'local' ? `192.168.1.${(n % 250) + 2}:51413` : addressAt(n, n % 6 === 5 ? 6 : 4, random),
      client: CLIENTS[Math.floor(random() * CLIENTS.length)] ?? '',
      source,
      progress: flag(0.35) ? 1 : random(),
      downRate: down ? 10 ** (3 + random() * 3.3) : 0,
      upRate: up ? 10 ** (2 + random() * 3.3) : 0,
      downloaded: random() * 900_000_000,
      uploaded: random() * 90_000_000,
      flags,
      connectedAt: now - Math.round(random() ** 2 * 14_400_000),
    }
  })
}
