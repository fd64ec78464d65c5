/** The mock page's parameters of peers and the DHT: `peers` (how many), `dht` (off, waiting, joining, isolated). */

import { generateRows } from './generate.ts'
import { contactsOf, generateOverlay } from './generate-overlay.ts'
import { generatePeers } from './generate-peers.ts'
import type { MockOptions } from './mock-clients.ts'

const RETRY_S = 42

export function overlayQuery(query: URLSearchParams, now: number): Partial<MockOptions> {
  const torrents = generateRows(Number(query.get('torrents') ?? 12)).filter((row) => row.peers > 0)
  const overlay = generateOverlay(now)
  const common = {
    now,
    peers: generatePeers(Number(query.get('peers') ?? 84), torrents, now),
    bans: [
      { id: '203.0.113.9', bannedAt: now - 86_400_000 * 3 },
      { id: '2001:db8:dead::1', bannedAt: now - 240_000 },
    ],
  }
  const dht = query.get('dht')
  if (dht === 'off' || dht === 'waiting')
    return {
      ...common,
      overlay: { state: dht === 'off' ? 'off' : 'running', nodes: [] },
      status: { dht: { state: dht, nodes: 0, serving: false } },
    }
  if (dht === 'joining' || dht === 'isolated') {
    const nodes = overlay.nodes.map(({ external, estimatedSize, ...node }) => ({
      ...node,
      phase: dht as 'joining' | 'isolated',
      serving: false,
      nodes: 0,
      storedInfoHashes: 0,
      storedItems: 0,
      buckets: node.buckets.slice(0, 1).map((bucket) => ({ ...bucket, contacts: [], spares: 0 })),
      ...(dht === 'isolated' ? { retryIn: RETRY_S } : {}),
    }))
    return { ...common, overlay: { nodes }, items: [], status: { dht: { state: dht, nodes: 0, serving: false } } }
  }
  return { ...common, contacts: contactsOf(overlay) }
}
