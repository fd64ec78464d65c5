/** Randomness as a port: the system's strong generator, or a seeded one in simulations. */
export interface Random {
  /** `length` unpredictable bytes: ids, tokens, keys. */
  bytes(length: number): Uint8Array
  /** A whole number from 0 to `limit - 1`, evenly. `limit` from 1 to 2^32. */
  below(limit: number): number
}

/** One of a non-empty list, evenly. */
export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)] as T
}

/** A new list in random order (Fisher and Yates). */
export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const result = [...list]
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const held = result[i] as T
    result[i] = result[j] as T
    result[j] = held
  }
  return result
}
