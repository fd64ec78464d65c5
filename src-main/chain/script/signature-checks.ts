/** Ways to have the signatures of a script checked: one by one, and with a memory of those found good. */
import { hash } from 'node:crypto'
import { concatBytes } from '../../kernel/bytes.ts'
import type { SignatureCheck, SignatureVerifier } from '../../kernel/signature-verifier.ts'
import type { SignatureChecks } from './spend-checker.ts'

/** Signatures remembered: some five megabytes, and what several full blocks of a mempool hold. */
export const MAX_CACHED_SIGNATURES = 50_000

/** Checks each signature at once. */
export class DirectChecks implements SignatureChecks {
  readonly #verifier: Pick<SignatureVerifier, 'verify'>

  constructor(verifier: Pick<SignatureVerifier, 'verify'>) {
    this.#verifier = verifier
  }

  check(check: SignatureCheck): boolean {
    return this.#verifier.verify(check)
  }
}

/**
 * Good signatures by a hash of digest, key and signature; the oldest is forgotten when there are too many. What was
 * checked for the mempool is then not checked again for the block. Bad ones are not kept: their number has no bound.
 */
export class SignatureCache {
  readonly #limit: number
  /** In order of entry. */
  readonly #good = new Set<string>()

  constructor(limit: number = MAX_CACHED_SIGNATURES) {
    this.#limit = limit
  }

  get size(): number {
    return this.#good.size
  }

  has(check: SignatureCheck): boolean {
    return this.#good.size > 0 && this.#good.has(keyOf(check))
  }

  add(check: SignatureCheck): void {
    this.#good.add(keyOf(check))
    if (this.#good.size <= this.#limit) return
    for (const oldest of this.#good) {
      this.#good.delete(oldest)
      return
    }
  }
}

/** Asks the cache first, and tells it what was good. */
export class CachedChecks implements SignatureChecks {
  readonly #verifier: SignatureVerifier
  readonly #cache: SignatureCache

  constructor(verifier: SignatureVerifier, cache: SignatureCache) {
    this.#verifier = verifier
    this.#cache = cache
  }

  check(check: SignatureCheck): boolean {
    if (this.#cache.has(check)) return true
    const good = this.#verifier.verify(check)
    if (good) this.#cache.add(check)
    return good
  }
}

/** Digest and signature have a fixed length, so no two checks give the same bytes. */
function keyOf({ digest, signature, publicKey }: SignatureCheck): string {
  return hash('sha256', concatBytes([digest, signature, publicKey]), 'base64')
}
