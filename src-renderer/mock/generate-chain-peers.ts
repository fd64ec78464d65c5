/** Made-up peers of the chain; always the same for the same number. */
import type { ChainPeerRow } from '../client/types.ts'
import { TIP_HEIGHT } from './generate-chain.ts'
import { randomFrom } from './random.ts'

const AGENTS = ['/Shoal:0.1.0/', '/Shoal:0.1.0/', '/bcoin:2.2.0/', ''] as const
const DIRECTIONS = ['outgoing', 'outgoing', 'outgoing', 'incoming', 'manual', 'feeler'] as const
const SOURCES = ['kademlia', 'gossip', 'local', 'gossip'] as const
const ACTIVITIES = ['Idle', 'Sends blocks', 'Asked for headers', 'Relays transactions'] as const

export function generateChainPeers(count: number, now: number): ChainPeerRow[] {
  return Array.from({ length: count }, (_, n): ChainPeerRow => {
    const random = randomFrom(n * 13 + 3)
    const direction = DIRECTIONS[n % DIRECTIONS.length] ?? 'outgoing'
    const common = {
      id: n % 5 === 4 ? `[2001:db8::${n + 1}]:9533` : `203.0.113.${(n % 250) + 1}:9533`,
      direction,
      source:
        direction === 'incoming' || direction === 'manual' ? direction : (SOURCES[n % SOURCES.length] ?? 'gossip'),
    }
    if (direction === 'feeler')
      return {
        ...common,
        state: 'connecting',
        userAgent: '',
        services: [],
        bytesReceived: 0,
        bytesSent: 0,
        activity: '',
      }
    return {
      ...common,
      state: 'connected',
      userAgent: AGENTS[n % AGENTS.length] ?? '',
      services:
        n % 4 === 1 ? ['WITNESS', 'NETWORK_LIMITED'] : n % 7 === 3 ? [] : ['NETWORK', 'WITNESS', 'COMPACT_FILTERS'],
      height: TIP_HEIGHT - (n % 6 === 2 ? 3 : 0),
      ping: Math.round(9 + random() ** 2 * 300),
      bytesReceived: Math.round(random() ** 2 * 42_000_000),
      bytesSent: Math.round(random() ** 2 * 9_000_000),
      connectedAt: now - Math.round(random() * 7_200_000),
      activity: ACTIVITIES[n % ACTIVITIES.length] ?? '',
    }
  })
}
