/** The DHT as links see it: a store of items, or why there is none to be asked now. */
import { type Millis, SECOND } from '../../kernel/clock.ts'
import type { KeyValueStore } from '../../kernel/key-value-store.ts'

/** `joining`: it is on, but no node of it is known yet. A search would end at once and say that nothing is there. */
export type ItemStore = KeyValueStore | 'off' | 'joining'

/** How often it is looked whether there is a DHT to ask. */
export const STORE_PERIOD: Millis = 5 * SECOND
const JOIN_PERIOD: Millis = SECOND

export function lookAgainAfter(missing: 'off' | 'joining'): Millis {
  return missing === 'off' ? STORE_PERIOD : JOIN_PERIOD
}
