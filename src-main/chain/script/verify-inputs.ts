/**
 * Verifies many inputs with their signatures checked in batches, away from this thread.
 *
 * Each script first runs as if its signatures were good, as far as nothing but the outcome depends on them; they are
 * checked afterwards. Scripts do the same on the same answers, so where all were good the run was right. Where one was
 * not, or the script failed on the assumption, the input is run once more with every signature checked at once: that
 * run decides. Limits: `MAX_BATCH_CHECKS` signatures in a batch, `MAX_OPEN_BATCHES` batches under way.
 */
import type { SignatureBatches, SignatureCheck, SignatureVerifier } from '../../kernel/signature-verifier.ts'
import { ScriptError } from './script-error.ts'
import type { ScriptFlags } from './script-flags.ts'
import { CachedChecks, SignatureCache } from './signature-checks.ts'
import type { SignatureChecks, Spend } from './spend-checker.ts'
import { verifyInput } from './verify-input.ts'

export const MAX_BATCH_CHECKS = 128
/** Those of a full block: whoever gives them can get on with the next one. */
export const MAX_OPEN_BATCHES = 80

export interface InputFailure {
  /** Place among the inputs given. */
  readonly place: number
  readonly error: ScriptError
}

export interface InputVerifiers {
  readonly verifier: SignatureVerifier
  readonly batches: Pick<SignatureBatches, 'verifyAll'>
  /** Signatures known to be good. */
  readonly cache?: SignatureCache
  /** Whether the cache is told of those found good in batches: unless said otherwise. Blocks are seldom verified twice. */
  readonly remembers?: boolean
}

/**
 * The first input that may not spend its output, or undefined where all may.
 * @throws what `batches` rejects with
 */
export async function verifyInputs(
  spends: Iterable<Spend>,
  flags: ScriptFlags,
  verifiers: InputVerifiers,
): Promise<InputFailure | undefined> {
  return new InputsVerification(flags, verifiers).run(spends)
}

/** Believes in every signature whose answer decides nothing on the way, and notes it down. */
class OptimisticChecks implements SignatureChecks {
  readonly open: SignatureCheck[] = []
  readonly #known: CachedChecks
  readonly #cache: SignatureCache

  constructor(verifier: SignatureVerifier, cache: SignatureCache) {
    this.#known = new CachedChecks(verifier, cache)
    this.#cache = cache
  }

  check(check: SignatureCheck, decides: boolean): boolean {
    if (decides) return this.#known.check(check)
    if (!this.#cache.has(check)) this.open.push(check)
    return true
  }
}

interface OpenInput {
  readonly place: number
  readonly spend: Spend
  readonly check: SignatureCheck
}

class InputsVerification {
  readonly #flags: ScriptFlags
  readonly #verifiers: InputVerifiers
  readonly #cache: SignatureCache
  #waiting: OpenInput[] = []
  readonly #underWay: Promise<void>[] = []
  #failure: InputFailure | undefined

  constructor(flags: ScriptFlags, verifiers: InputVerifiers) {
    this.#flags = flags
    this.#verifiers = verifiers
    this.#cache = verifiers.cache ?? new SignatureCache()
  }

  async run(spends: Iterable<Spend>): Promise<InputFailure | undefined> {
    try {
      let place = 0
      for (const spend of spends) {
        if (this.#failure) break
        this.#begin(spend, place++)
        if (this.#waiting.length >= MAX_BATCH_CHECKS) this.#send()
        if (this.#underWay.length >= MAX_OPEN_BATCHES) await this.#underWay.shift()
      }
      if (this.#waiting.length > 0) this.#send()
      while (this.#underWay.length > 0) await this.#underWay.shift()
      return this.#failure
    } finally {
      // What is still under way after a rejection is nobody's business any more.
      await Promise.allSettled(this.#underWay)
    }
  }

  #begin(spend: Spend, place: number): void {
    const checks = new OptimisticChecks(this.#verifiers.verifier, this.#cache)
    const error = errorOf(spend, this.#flags, checks)
    if (error === undefined) for (const check of checks.open) this.#waiting.push({ place, spend, check })
    else if (checks.open.length === 0) this.#fail(place, error)
    else this.#runAgain(spend, place)
  }

  #send(): void {
    const batch = this.#waiting
    this.#waiting = []
    const settled = this.#settle(batch)
    // A rejection may come before its turn to be waited for; it is met there.
    settled.catch(() => undefined)
    this.#underWay.push(settled)
  }

  async #settle(batch: readonly OpenInput[]): Promise<void> {
    const answers = await this.#verifiers.batches.verifyAll(batch.map(({ check }) => check))
    const doubtful = new Map<number, Spend>()
    for (const [i, { place, spend, check }] of batch.entries()) {
      if (answers[i] !== true) doubtful.set(place, spend)
      else if (this.#verifiers.remembers !== false) this.#cache.add(check)
    }
    for (const [place, spend] of doubtful) this.#runAgain(spend, place)
  }

  /** With every signature checked on the way. */
  #runAgain(spend: Spend, place: number): void {
    const error = errorOf(spend, this.#flags, new CachedChecks(this.#verifiers.verifier, this.#cache))
    if (error) this.#fail(place, error)
  }

  #fail(place: number, error: ScriptError): void {
    if (this.#failure === undefined || place < this.#failure.place) this.#failure = { place, error }
  }
}

function errorOf(spend: Spend, flags: ScriptFlags, checks: SignatureChecks): ScriptError | undefined {
  try {
    verifyInput(spend, flags, checks)
    return undefined
  } catch (error) {
    if (error instanceof ScriptError) return error
    throw error
  }
}
