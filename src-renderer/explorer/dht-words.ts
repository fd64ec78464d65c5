/** The state of the DHT in words. */
import type { AppStatus } from '../client/types.ts'

export type DhtState = AppStatus['dht']['state']

export const DHT_WORDS: Readonly<Record<DhtState, string>> = {
  off: 'off',
  waiting: 'waiting',
  joining: 'joining',
  joined: 'joined',
  isolated: 'isolated',
}

export const DHT_SENTENCES: Readonly<Record<DhtState, string>> = {
  off: 'The DHT is switched off: peers are found by trackers and on the local network alone.',
  waiting: 'The DHT may not use the network yet.',
  joining: 'Looking for nodes to join the DHT by.',
  joined: 'Part of the DHT.',
  isolated: 'No node of the DHT answers now. Shoal tries again by itself.',
}
