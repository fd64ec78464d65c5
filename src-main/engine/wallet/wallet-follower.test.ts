/** A scripted chain and a scripted wallet: what is asked when, and never twice at once. */
import { describe, expect, test } from 'vitest'
import type { ChainListener, ChainTip, TransactionOutcome } from '../../chain/chain.ts'
import type { WalletScan, WalletScanResult } from '../../chain/node/wallet-calls.ts'
import { toHex } from '../../kernel/bytes.ts'
import { type Clock, HOUR, MINUTE, SECOND } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import type { OwnPending } from '../../wallet/wallet-book.ts'
import { type FollowedChain, type FollowedWallet, RETRY_FIRST, RETRY_LAST, WalletFollower } from './wallet-follower.ts'

const hashAt = (height: number, branch = 0) => Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? height : branch))
const position = (height: number, branch = 0) => ({ hash: hashAt(height, branch), height })
const own = (name: number): OwnPending => ({
  txid: hashAt(name),
  bytes: Uint8Array.of(name),
  firstSeen: 0,
  refused: '',
})

class World {
  readonly sim = new Simulation({ seed: 5 })
  readonly host = this.sim.host()
  readonly asked: string[] = []
  readonly announced: string[] = []
  height = 10
  /** Blocks that a scan gets on at most. */
  step = 100
  mode: 'archive' | 'light' = 'archive'
  phase: 'synced' | 'initial-sync' = 'synced'
  failure: Error | undefined
  pending: OwnPending[] = []
  outcome: (own: Uint8Array) => TransactionOutcome = (bytes) => ({ status: 'known', txid: bytes })
  /** Filters that a light chain has. */
  filters = Number.POSITIVE_INFINITY
  /** Of this thread, for each answer. */
  takes = 0
  readonly limits: number[] = []
  /** The thread was busy for so long, beside virtual time. */
  #busy = 0
  connected = 1
  cursor: number | undefined
  top: number | undefined
  running = 0
  most = 0
  readonly pool: { which: string; transactions: number }[] = []
  readonly refused: [string, string][] = []
  readonly left: string[] = []
  listener: ChainListener | undefined
  started: number | undefined
  poolAnswers: Uint8Array[][] = []

  readonly chain = {
    watch: (listener: ChainListener) => {
      this.listener = listener
      return () => {
        this.listener = undefined
      }
    },
    scanForWallet: (scan: WalletScan) => this.#call(`scan ${this.cursor ?? 0}`, () => this.#scan(scan)),
    mempoolForWallet: ({ after }: { after: number }) =>
      this.#call(`pool ${after}`, () => ({ transactions: this.poolAnswers.shift() ?? [], sequence: after + 7 })),
    acceptTransaction: (bytes: Uint8Array) => this.#call(`offer ${bytes[0]}`, () => this.outcome(bytes)),
    heightAtTime: async () => 5,
    tipAt: async (height: number) => position(height) as ChainTip,
  } as unknown as FollowedChain

  readonly wallet = {
    nextScan: (limit: number): WalletScan => {
      this.limits.push(limit)
      return { scripts: [], outpoints: [], known: [], limit }
    },
    takeScan: (_: WalletScan, { scanned, height }: WalletScanResult) => {
      this.#busy += this.takes
      const again = scanned.height < height && scanned.height > (this.cursor ?? 0)
      this.cursor = scanned.height
      return { again, changed: false }
    },
    startAt: ({ height }: { height: number }) => {
      this.started = height
      this.cursor = height
    },
    scripts: () => ({ scripts: [], outpoints: [] }),
    takeMempool: (transactions: readonly Uint8Array[], _: number, which: string) => {
      this.pool.push({ which, transactions: transactions.length })
      return true
    },
    leftMempool: (txid: Uint8Array) => {
      this.left.push(toHex(txid))
      return true
    },
    ownPending: () => this.pending,
    setRefused: (txid: Uint8Array, reason: string) => this.refused.push([toHex(txid).slice(0, 2), reason]),
  } as unknown as FollowedWallet

  constructor() {
    Object.defineProperty(this.chain, 'state', {
      get: () => ({ tip: position(this.height), mode: this.mode, phase: this.phase }),
    })
    Object.defineProperty(this.wallet, 'cursor', {
      get: () => (this.cursor === undefined ? undefined : position(this.cursor)),
    })
    Object.defineProperty(this.wallet, 'top', {
      get: () => (this.top === undefined ? undefined : position(this.top)),
    })
  }

  follow(birthday?: number): WalletFollower {
    const { random, log, clock: virtual } = this.host
    const clock: Clock = {
      now: () => virtual.now() + this.#busy,
      wallTime: () => virtual.wallTime(),
      after: (delay, run) => virtual.after(delay, run),
      every: (period, run) => virtual.every(period, run),
    }
    return new WalletFollower({
      ...{ clock, random, log, chain: this.chain, wallet: this.wallet, birthday },
      connected: () => this.connected,
      announceAgain: ({ txid }) => this.announced.push(toHex(txid).slice(0, 2)),
      changed: () => {},
    })
  }

  moveTip(height: number, disconnected = 0): void {
    this.height = height
    this.listener?.tipChanged?.({
      disconnected: Array.from({ length: disconnected }, (_, i) => position(height - i, 1)),
      connected: [position(height)],
    })
  }

  async end(follower: WalletFollower): Promise<void> {
    await this.sim.within(SECOND, follower.stop())
    await this.sim.stop()
  }

  #scan({ limit }: WalletScan): WalletScanResult {
    const from = this.cursor ?? 0
    const to = Math.max(from, Math.min(this.height, from + limit, from + this.step, this.filters))
    return { fork: position(from), blocks: [], scanned: position(to), height: this.height }
  }

  async #call<T>(name: string, answer: () => T): Promise<T> {
    this.asked.push(name)
    this.running++
    this.most = Math.max(this.most, this.running)
    await new Promise<void>((resolve) => this.host.clock.after(10, resolve))
    this.running--
    if (this.failure) throw this.failure
    return answer()
  }
}

describe('following', () => {
  test('looks at all blocks, then at all of the mempool, and again at what comes', async () => {
    const world = new World()
    world.step = 4
    const follower = world.follow()
    await world.sim.run(SECOND)
    expect(world.asked).toEqual(['scan 0', 'scan 4', 'scan 8', 'pool 0'])
    world.moveTip(11)
    await world.sim.run(SECOND)
    expect(world.asked.slice(4)).toEqual(['scan 10'])
    world.listener?.transactionAdded?.({ txid: hashAt(1), wtxid: hashAt(1), feeRate: 1 })
    world.listener?.transactionAdded?.({ txid: hashAt(2), wtxid: hashAt(2), feeRate: 1 })
    world.poolAnswers = [[Uint8Array.of(1)]]
    await world.sim.run(SECOND)
    expect(world.asked.slice(5)).toEqual(['scan 11', 'pool 7', 'pool 14'])
    expect(world.pool).toEqual([
      { which: 'whole', transactions: 0 },
      { which: 'news', transactions: 1 },
    ])
    expect(world.most).toBe(1)
    await world.end(follower)
  })

  test('whatever happens while it looks, one question is asked at a time', async () => {
    const world = new World()
    const follower = world.follow()
    for (let height = 11; height < 40; height++) {
      await world.sim.run(3)
      world.moveTip(height, height % 3 === 0 ? 2 : 0)
      world.listener?.transactionAdded?.({ txid: hashAt(1), wtxid: hashAt(1), feeRate: 1 })
      follower.wake()
    }
    await world.sim.run(SECOND)
    expect(world.cursor).toBe(39)
    expect(world.most).toBe(1)
    await world.end(follower)
  })

  test('a reorganisation has all of the mempool looked at, and what is ours offered without announcing it again', async () => {
    const world = new World()
    world.pending = [own(3)]
    const follower = world.follow()
    await world.sim.run(SECOND)
    expect(world.announced).toEqual(['03'])
    world.asked.length = 0
    world.moveTip(12, 3)
    await world.sim.run(SECOND)
    expect(world.asked).toEqual(['scan 10', 'pool 0', 'offer 3'])
    expect(world.announced).toEqual(['03'])
    await world.end(follower)
  })

  test('a mempool that was asked for while a block came is not taken: the block goes first', async () => {
    const world = new World()
    const follower = world.follow()
    await world.sim.until(SECOND, () => world.asked.at(-1) === 'pool 0')
    world.moveTip(11)
    await world.sim.run(SECOND)
    expect(world.asked).toEqual(['scan 0', 'pool 0', 'scan 10', 'pool 0'])
    expect(world.pool).toEqual([{ which: 'whole', transactions: 0 }])
    await world.end(follower)
  })

  test('a large mempool is had in several questions and taken as one', async () => {
    const world = new World()
    world.poolAnswers = [[Uint8Array.of(1), Uint8Array.of(2)], [Uint8Array.of(3)]]
    const follower = world.follow()
    await world.sim.run(SECOND)
    expect(world.asked).toEqual(['scan 0', 'pool 0', 'pool 7', 'pool 14'])
    expect(world.pool).toEqual([{ which: 'whole', transactions: 3 }])
    await world.end(follower)
  })

  test('it asks about fewer blocks where the wallet takes long with the answers, and about more where it does not', async () => {
    const world = new World()
    world.height = 100_000
    world.takes = 20
    world.step = Number.POSITIVE_INFINITY
    const follower = world.follow()
    await world.sim.until(SECOND, () => world.limits.length === 8)
    expect(world.limits).toEqual([200, 100, 50, 25, 20, 20, 20, 20])
    world.takes = 1
    await world.sim.until(SECOND, () => world.limits.length === 17)
    expect(world.limits.slice(8)).toEqual([40, 80, 160, 320, 640, 1_280, 2_000, 2_000, 2_000])
    await world.end(follower)
  })

  test('what left the mempool is told to the wallet at once', async () => {
    const world = new World()
    const follower = world.follow()
    world.listener?.transactionRemoved?.({ txid: hashAt(9), reason: 'expired' })
    expect(world.left).toEqual([toHex(hashAt(9))])
    await world.end(follower)
  })

  test('where that cannot be written the chain goes on, and the whole mempool is looked at', async () => {
    const world = new World()
    const follower = world.follow()
    await world.sim.run(SECOND)
    world.pool.length = 0
    Object.assign(world.wallet, {
      leftMempool: () => {
        throw new Error('database or disk is full')
      },
    })
    world.listener?.transactionRemoved?.({ txid: hashAt(9), reason: 'expired' })
    await world.sim.run(SECOND)
    expect(world.pool).toEqual([{ which: 'whole', transactions: 0 }])
    await world.end(follower)
  })

  test('a new wallet starts before its birthday; one that has seen blocks goes on', async () => {
    const world = new World()
    const follower = world.follow(1_700_000_000)
    await world.sim.run(SECOND)
    expect(world.started).toBe(4)
    expect(world.asked[0]).toBe('scan 4')
    await world.sim.within(SECOND, follower.stop())
    world.started = undefined
    const second = world.follow(1_700_000_000)
    await world.sim.run(SECOND)
    expect(world.started).toBeUndefined()
    await world.end(second)
  })

  test('a rescan from below the birthday looks at all blocks: the birthday may have been wrong', async () => {
    const world = new World()
    world.top = 10
    const follower = world.follow(1_700_000_000)
    await world.sim.run(SECOND)
    expect(world.started).toBeUndefined()
    expect(world.asked[0]).toBe('scan 0')
    await world.end(follower)
  })

  test('a light node whose filters come later is asked again', async () => {
    const world = new World()
    world.mode = 'light'
    world.filters = 3
    const follower = world.follow()
    await world.sim.run(500)
    expect(world.cursor).toBe(3)
    world.filters = 10
    await world.sim.run(2 * SECOND)
    expect(world.cursor).toBe(10)
    expect(follower.stuck).toBe('')
    await world.end(follower)
  })
})

describe('after a failure', () => {
  test('it says why, waits longer each time, and goes on', async () => {
    const world = new World()
    world.failure = new Error('Block 12 could not be had from any peer. Try again when more peers are connected.')
    const follower = world.follow()
    await world.sim.run(SECOND)
    expect(follower.stuck).toBe(world.failure.message)
    expect(world.asked).toHaveLength(1)
    // What happens meanwhile is no reason to ask sooner.
    world.moveTip(11)
    await world.sim.run(SECOND)
    expect(world.asked).toHaveLength(1)
    await world.sim.run(HOUR)
    const perHour = world.asked.length
    expect(perHour).toBeGreaterThan(HOUR / RETRY_LAST - 5)
    expect(perHour).toBeLessThan(HOUR / RETRY_LAST + 10)
    world.failure = undefined
    await world.sim.run(RETRY_LAST + SECOND)
    expect(follower.stuck).toBe('')
    expect(world.cursor).toBe(11)
    await world.end(follower)
  })

  test('a person who asks for a scan need not wait', async () => {
    const world = new World()
    world.failure = new Error('no peer')
    const follower = world.follow()
    await world.sim.run(MINUTE)
    world.failure = undefined
    follower.wakeAtOnce()
    await world.sim.run(RETRY_FIRST / 2)
    expect(world.cursor).toBe(10)
    await world.end(follower)
  })
})

describe('what is ours', () => {
  test('is offered at the start, announced again, and every so often', async () => {
    const world = new World()
    world.pending = [own(1), own(2)]
    const follower = world.follow()
    await world.sim.run(SECOND)
    expect(world.announced).toEqual(['01', '02'])
    await world.sim.run(3 * HOUR)
    expect(world.announced.length / 2).toBeGreaterThanOrEqual(1 + 4)
    expect(world.announced.length / 2).toBeLessThanOrEqual(1 + 12)
    await world.end(follower)
  })

  test('waits while the chain catches up, and is offered when it has', async () => {
    const world = new World()
    world.pending = [own(1)]
    world.phase = 'initial-sync'
    const follower = world.follow()
    await world.sim.run(10 * SECOND)
    expect(world.asked).not.toContain('offer 1')
    world.phase = 'synced'
    world.listener?.stateChanged?.()
    await world.sim.run(SECOND)
    expect(world.announced).toEqual(['01'])
    await world.end(follower)
  })

  test('that is refused is marked with the rule, and not announced', async () => {
    const world = new World()
    world.pending = [own(1), own(2), { ...own(3), refused: 'min relay fee not met' }]
    world.outcome = ([name = 0]) => {
      const txid = hashAt(name)
      if (name === 1) return { status: 'orphan', txid, parents: [] }
      if (name === 2) return { status: 'refused', txid, wtxid: txid, reason: 'insufficient fee', kind: 'policy' }
      return { status: 'accepted', txid, wtxid: txid, fee: 0n }
    }
    const follower = world.follow()
    await world.sim.run(SECOND)
    expect(world.refused).toEqual([
      ['01', 'bad-txns-inputs-missingorspent'],
      ['02', 'insufficient fee'],
      ['03', ''],
    ])
    expect(world.announced).toEqual([])
    await world.end(follower)
  })

  test('that cannot be taken at this moment is offered again in a moment', async () => {
    const world = new World()
    world.pending = [own(1)]
    world.outcome = () => ({
      status: 'refused',
      txid: hashAt(1),
      wtxid: hashAt(1),
      reason: 'mempool-busy',
      kind: 'policy',
    })
    const follower = world.follow()
    await world.sim.run(SECOND)
    expect(await world.sim.within(SECOND, follower.offer(own(1)))).toEqual({ status: 'waits' })
    world.outcome = () => ({ status: 'accepted', txid: hashAt(1), wtxid: hashAt(1), fee: 0n })
    const before = world.asked.length
    await world.sim.run(RETRY_FIRST + SECOND)
    expect(world.asked.slice(before)).toContain('offer 1')
    expect(world.refused).toEqual([])
    await world.end(follower)
  })

  test('is announced to the first peer after a time without any', async () => {
    const world = new World()
    world.pending = [own(1)]
    world.connected = 0
    const follower = world.follow()
    await world.sim.run(MINUTE)
    const before = world.announced.length
    world.connected = 1
    await world.sim.run(6 * SECOND)
    expect(world.announced.length).toBe(before + 1)
    world.connected = 2
    await world.sim.run(MINUTE)
    expect(world.announced.length).toBe(before + 1)
    await world.end(follower)
  })
})
