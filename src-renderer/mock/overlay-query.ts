/**
 * The mock page's parameters of peers and the overlays: `peers` (how many), `dht` (off, waiting, joining, isolated), `ring`
 * (off, joining, isolated, client-address, client-reach, alone, small, large).
 */

import type { RingHost } from '../client/types.ts'
import { generateRows } from './generate.ts'
import { contactsOf, generateOverlay } from './generate-overlay.ts'
import { generatePeers } from './generate-peers.ts'
import {
  generateLoneHost,
  generateRing,
  generateRingClient,
  generateRingHost,
  ringContactsOf,
} from './generate-ring.ts'
import type { MockOptions } from './mock-clients.ts'

const RETRY_S = 42

/** Hosts besides ours. */
const RING_HOSTS: Readonly<Record<string, number>> = { alone: 0, small: 2, large: 50 }

function ringQuery(query: URLSearchParams, now: number): Partial<MockOptions> {
  const ring = query.get('ring') ?? ''
  const hosts = RING_HOSTS[ring]
  const only = (host: RingHost): Partial<MockOptions> => ({ ring: { state: 'running', hosts: [host] }, ringItems: [] })
  if (ring === 'off') return { ring: { state: 'off', hosts: [] }, ringItems: [] }
  if (ring === 'joining' || ring === 'isolated') return only(generateLoneHost(ring))
  if (ring === 'client-address' || ring === 'client-reach')
    return only(generateRingClient(ring === 'client-reach' ? 'reach' : 'address', now))
  if (hosts === undefined) return { ring: generateRing(now) }
  return { ring: { state: 'running', hosts: [generateRingHost(hosts, now)] }, ringHosts: hosts }
}

export function overlayQuery(query: URLSearchParams, now: number): Partial<MockOptions> {
  const torrents = generateRows(Number(query.get('torrents') ?? 12)).filter((row) => row.peers > 0)
  const overlay = generateOverlay(now)
  const common = {
    ...ringQuery(query, now),
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
  return { ...common, contacts: [...contactsOf(overlay), ...ringContactsOf(generateRing(now))] }
}
