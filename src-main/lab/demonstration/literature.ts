/**
 * The ring that the literature draws: places of six bits, eight nodes, key 54 at node 8, and node 26 that joins. The keys
 * besides 54 and those from 22 to 26, which move to the newcomer, are chosen so that most nodes have some.
 */
export const RING_BITS = 6
export const RING_PLACES = 2 ** RING_BITS
export const LITERATURE_NODES = [8, 14, 21, 32, 38, 42, 48, 51] as const
export const LITERATURE_KEYS = [1, 10, 17, 22, 23, 24, 25, 26, 30, 38, 45, 50, 54, 60] as const
