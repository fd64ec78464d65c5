/**
 * Which incoming connection makes room for a new one. Those that an attacker can hardly imitate are safe: some by a secret
 * order of their networks, those nearest in time, those that lately brought transactions or blocks, and half of the rest by how long they
 * have been here. Of what is left, the youngest of the network with most connections goes. After Bitcoin Core.
 */

import { compareBytes, utf8 } from '../../../kernel/bytes.ts'
import { sha256 } from '../../primitives/hashes.ts'

export interface EvictionCandidate {
  readonly id: string
  readonly netgroup: string
  /** Milliseconds; undefined before the first answer. */
  readonly minimumPing: number | undefined
  /** Clock times; undefined for never. */
  readonly lastBlockAt: number | undefined
  readonly lastTransactionAt: number | undefined
  readonly connectedAt: number
}

export const PROTECTED_BY_NETGROUP = 4
export const PROTECTED_BY_PING = 8
export const PROTECTED_BY_TRANSACTIONS = 4
export const PROTECTED_BY_BLOCKS = 4

/** The one to go; undefined where all are protected. `key`: secret bytes, the same for all calls. */
export function connectionToEvict(
  candidates: readonly EvictionCandidate[],
  key: Uint8Array,
): EvictionCandidate | undefined {
  const order = (candidate: EvictionCandidate) => sha256(key, utf8(candidate.netgroup))
  let left = [...candidates]
  left = withoutFirst(left, PROTECTED_BY_NETGROUP, (a, b) => compareBytes(order(a), order(b)))
  left = withoutFirst(left, PROTECTED_BY_PING, (a, b) => (a.minimumPing ?? Infinity) - (b.minimumPing ?? Infinity) || 0)
  left = withoutFirst(left, PROTECTED_BY_TRANSACTIONS, byLatest('lastTransactionAt'))
  left = withoutFirst(left, PROTECTED_BY_BLOCKS, byLatest('lastBlockAt'))
  left = withoutFirst(left, Math.floor(left.length / 2), (a, b) => a.connectedAt - b.connectedAt)
  const groups = new Map<string, EvictionCandidate[]>()
  for (const candidate of left) groups.set(candidate.netgroup, [...(groups.get(candidate.netgroup) ?? []), candidate])
  let worst: EvictionCandidate[] = []
  for (const group of groups.values())
    if (group.length > worst.length || (group.length === worst.length && youngest(group) > youngest(worst)))
      worst = group
  return worst.find((candidate) => candidate.connectedAt === youngest(worst))
}

function youngest(group: readonly EvictionCandidate[]): number {
  return Math.max(...group.map(({ connectedAt }) => connectedAt))
}

/** Those that never did come last. */
function byLatest(field: 'lastBlockAt' | 'lastTransactionAt') {
  return (a: EvictionCandidate, b: EvictionCandidate): number => (b[field] ?? -1) - (a[field] ?? -1)
}

function withoutFirst(
  candidates: readonly EvictionCandidate[],
  count: number,
  compare: (a: EvictionCandidate, b: EvictionCandidate) => number,
): EvictionCandidate[] {
  return [...candidates].sort(compare).slice(count)
}
