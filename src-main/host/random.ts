import { randomBytes, randomInt } from 'node:crypto'
import type { Random } from '../kernel/random.ts'

const MAX_LIMIT = 2 ** 32

/** The system's strong generator. */
export function createRandom(): Random {
  return {
    bytes: (length) => new Uint8Array(randomBytes(length)),
    below: (limit) => {
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw new RangeError(`not a limit: ${limit}`)
      return randomInt(limit)
    },
  }
}
