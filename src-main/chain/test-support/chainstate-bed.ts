/** A chainstate for tests: on a store in memory or another, signatures checked at once, time that only tests move. */
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import type { Clock, Millis, Timer } from '../../kernel/clock.ts'
import type { SignatureBatches } from '../../kernel/signature-verifier.ts'
import { type Coin, outpointKey } from '../coins/coin.ts'
import { networks } from '../consensus/networks.ts'
import { SignatureCache } from '../script/signature-checks.ts'
import { Chainstate } from '../state/chainstate.ts'
import type { ChainstateOptions } from '../state/chainstate-options.ts'
import { MemoryChainStore } from '../store/memory-chain-store.ts'
import type { TestChain } from './test-chain.ts'

const verifier = createSignatureVerifier()

/** Signatures checked where they are asked for. */
export const inlineBatches: Pick<SignatureBatches, 'verifyAll'> = {
  verifyAll: async (checks) => checks.map((check) => verifier.verify(check)),
}

/** Timers fire when the test says so. */
export class SteppedClock implements Clock {
  #now: Millis = 0
  #wallStart: Millis
  readonly #timers = new Set<{ at: Millis; run: () => void }>()

  /** `seconds` since 1970 at the start. */
  constructor(seconds = 2_000_000_000) {
    this.#wallStart = seconds * 1_000
  }

  /** Timers that have not fired. */
  get waiting(): number {
    return this.#timers.size
  }

  now(): Millis {
    return this.#now
  }

  wallTime(): Millis {
    return this.#wallStart + this.#now
  }

  after(delay: Millis, run: () => void): Timer {
    const timer = { at: this.#now + delay, run }
    this.#timers.add(timer)
    return {
      cancel: () => {
        this.#timers.delete(timer)
      },
    }
  }

  every(): Timer {
    throw new Error('no test asks for a repeated timer')
  }

  advance(time: Millis): void {
    this.#now += time
    for (const timer of [...this.#timers]) {
      if (timer.at > this.#now || !this.#timers.delete(timer)) continue
      timer.run()
    }
  }
}

export function openChainstate(options: Partial<ChainstateOptions> = {}): Promise<Chainstate> {
  return Chainstate.open({
    network: networks.local,
    store: new MemoryChainStore(),
    clock: new SteppedClock(),
    signatures: { verifier, batches: inlineBatches, cache: new SignatureCache() },
    ...options,
  })
}

/** How the chainstate differs from a chain that was checked in the plainest way: tip, and every coin of either. */
export function differences(
  chainstate: Chainstate,
  chain: TestChain,
  others: Iterable<ReadonlyMap<string, Coin>> = [],
): string[] {
  const found: string[] = []
  if (outpointKey({ txid: chainstate.tip.hash, index: 0 }) !== outpointKey({ txid: chain.tip.hash, index: 0 }))
    found.push(`the tip is at ${chainstate.tip.height}, not the one at ${chain.height}`)
  const keys = new Set(chain.coins.keys())
  for (const coins of others) for (const key of coins.keys()) keys.add(key)
  for (const key of keys) {
    const coin = chainstate.coin(outpointOfKey(key))
    const expected = chain.coins.get(key)
    if (!isSameCoin(coin, expected)) found.push(`coin ${Buffer.from(key, 'latin1').toString('hex')}`)
  }
  return found
}

export function outpointOfKey(key: string): { txid: Uint8Array; index: number } {
  const bytes = Buffer.from(key, 'latin1')
  return { txid: new Uint8Array(bytes.subarray(0, 32)), index: bytes.readUInt32LE(32) }
}

function isSameCoin(one: Coin | undefined, other: Coin | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return (
    one.value === other.value &&
    one.height === other.height &&
    one.isCoinbase === other.isCoinbase &&
    Buffer.compare(one.scriptPubKey, other.scriptPubKey) === 0
  )
}
