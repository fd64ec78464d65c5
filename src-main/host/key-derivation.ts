import { scrypt } from 'node:crypto'
import type { KeyDerivation, ScryptCost } from '../kernel/key-derivation.ts'

/** What scrypt needs beside its blocks, with room. */
const SPARE_BYTES = 1 << 20

/** On a thread of libuv's pool; OpenSSL's under Node, BoringSSL's under Electron. */
export function createKeyDerivation(): KeyDerivation {
  return {
    scrypt: (password, salt, cost, length) =>
      new Promise((resolve, reject) => {
        const { log2N, r, p } = cost
        const options = { N: 2 ** log2N, r, p, maxmem: memoryOf(cost) }
        scrypt(password, salt, length, options, (error, key) => {
          if (error) reject(error)
          // Not a view of a pool that others share: it will be wiped.
          else resolve(wholeBytes(key))
        })
      }),
  }
}

function memoryOf({ log2N, r, p }: ScryptCost): number {
  return 128 * r * (2 ** log2N + p) + SPARE_BYTES
}

function wholeBytes(key: Buffer): Uint8Array {
  const bytes = Uint8Array.from(key)
  key.fill(0)
  return bytes
}
