/** The miner of the mock: starts, stops and finds blocks as time passes. */
import { ClientError } from '../client/client-error.ts'
import type { MinerSample, MinerStatus } from '../client/types.ts'
import { addressOf, COIN, difficultyAt, TIP_HEIGHT } from './generate-chain.ts'
import type { MockChain } from './mock-chain.ts'
import type { Call } from './mock-clients.ts'
import { randomFrom } from './random.ts'
import { Source } from './source.ts'

const RATE_OF_THREAD = 21_400_000

export interface MinerOptions {
  readonly miner?: Partial<MinerStatus>
  /** Seconds of history that `samples` gives. */
  readonly mined?: number
  readonly now?: number
}

export interface MockMiner {
  readonly status: Source<MinerStatus>
  /** Lets one second pass. */
  tick(): void
}

const OFF: MinerStatus = {
  state: 'off',
  kernel: 'native (SHA-NI)',
  threads: 2,
  maxThreads: 8,
  share: 50,
  hashesPerSecond: 0,
  difficulty: difficultyAt(TIP_HEIGHT),
  attempts: 0,
  expectedBlocks: 0,
  blocksFound: 0,
  bestShare: 0,
  matured: 0n,
  immature: 0n,
  immatureBlocks: 0,
  orphaned: 0n,
  orphanedBlocks: 0,
  notice: '',
}

export function mockMiner(call: Call, options: MinerOptions, chain: MockChain) {
  const status = new Source<MinerStatus>([withRate({ ...OFF, ...options.miner })])
  const now = () => status.all[0] ?? OFF
  const change = (changes: Partial<MinerStatus>): void => status.set([withRate({ ...now(), ...changes })])
  const generated: MinerSample[] = samplesOf(now(), options.mined ?? 0, options.now ?? Date.now())
  const client = {
    status: call('miner.status', now),
    start: call('miner.start', ({ address, ...rest }: Partial<Pick<MinerStatus, 'threads' | 'share' | 'address'>>) => {
      const to = address ?? now().address ?? (options.miner?.paysTo === 'wallet' ? addressOf(700) : undefined)
      if (!to) throw new ClientError('NO_ADDRESS', 'Mining needs an address for its rewards. Enter one of yours.')
      if (!/^[lt]?shl1/.test(to))
        throw new ClientError('BAD_ADDRESS', 'This is no address of this network: it begins with shl1. Copy it again.')
      change({ ...rest, address: to, state: 'mining' })
    }),
    stop: call('miner.stop', () => change({ state: 'off' })),
    adjust: call('miner.adjust', (args: Partial<Pick<MinerStatus, 'threads' | 'share'>>) => change(args)),
    generate: call('miner.generate', ({ blocks }: { blocks: number }) => {
      for (let n = 0; n < blocks; n += 1) chain.mine()
      change({
        blocksFound: now().blocksFound + blocks,
        immatureBlocks: now().immatureBlocks + blocks,
        immature: now().immature + 50n * COIN * BigInt(blocks),
      })
      return { blocks: chain.recent.all.slice(0, blocks).map((row) => row.id) }
    }),
    samples: call('miner.samples', () => generated),
    state: status.feed,
  }
  let second = 0
  const mock: MockMiner = {
    status,
    tick() {
      second += 1
      const before = now()
      if (before.state !== 'mining') return
      const hashed = withRate(before).hashesPerSecond * (0.96 + 0.08 * randomFrom(second)())
      change({
        attempts: before.attempts + hashed,
        expectedBlocks: before.expectedBlocks + hashed / before.difficulty,
        bestShare: Math.max(before.bestShare, hashed / (randomFrom(second + 40)() + 0.02)),
      })
      status.set([{ ...now(), hashesPerSecond: hashed }])
    },
  }
  return { mock, client }
}

function withRate(status: MinerStatus): MinerStatus {
  const { expectedSeconds: _, ...rest } = status
  if (status.state !== 'mining') return { ...rest, hashesPerSecond: 0 }
  const hashesPerSecond = status.threads * RATE_OF_THREAD * (status.share / 100)
  const paced = status.blockInterval
  return {
    ...rest,
    hashesPerSecond,
    expectedSeconds: paced === undefined ? status.difficulty / hashesPerSecond : paced / 1_000,
  }
}

/** A history that ends now. */
function samplesOf(status: MinerStatus, seconds: number, now: number): MinerSample[] {
  const rate = withRate({ ...status, state: 'mining' }).hashesPerSecond
  return Array.from({ length: seconds }, (_, n) => {
    const before = seconds - 1 - n
    const attempts = Math.max(0, status.attempts - before * rate)
    const { difficulty } = status
    return {
      time: now - before * 1_000,
      hashesPerSecond: rate * (0.94 + 0.1 * randomFrom(n + 3)() - (n % 170 > 150 ? 0.5 : 0)),
      attempts,
      expectedBlocks: attempts / difficulty,
      blocksFound: Math.max(0, status.blocksFound - Math.floor(before / 160)),
      difficulty: difficulty * (1 - 0.02 * Math.floor(before / 60) * 0.3),
    }
  })
}
