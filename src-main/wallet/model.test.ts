/**
 * The wallet against a plain ledger, through random steps: receive, send, bump, abandon, mine, reorganise, crash, restore from
 * words, change the password, lock. After each step both say the same of balance, coins and history.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { outpointKey } from '../chain/coins/coin.ts'
import type { Transaction } from '../chain/primitives/transaction.ts'
import { toHex } from '../kernel/bytes.ts'
import { ModelWorld } from './test-support/model-world.ts'
import { plainLedger, shownCoin } from './test-support/plain-ledger.ts'
import type { WalletBook } from './wallet-book.ts'

const STEPS = process.env.SHOAL_LONG === '1' ? 500 : 200
/** Worlds that each go through so many steps: 10,000 in all in the long tier. */
const RUNS = process.env.SHOAL_LONG === '1' ? 20 : 1
const ALL = { offset: 0, limit: 1_000_000 }
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-model-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Step = (world: ModelWorld) => unknown
const STEPS_BY_WEIGHT: readonly (readonly [number, string, Step])[] = [
  [20, 'receive', (world) => world.receive()],
  [25, 'send', (world) => world.send()],
  [5, 'bump', (world) => world.bump()],
  [2, 'abandon', (world) => world.abandon()],
  [25, 'mine', (world) => world.mine()],
  [1, 'mine a hundred', (world) => world.mine(100)],
  [8, 'reorganise', (world) => world.reorganise(1 + world.random.below(4))],
  [0.3, 'reorganise deeply', (world) => world.reorganise(100 + world.random.below(20))],
  [5, 'crash', (world) => world.crash()],
  [2, 'lock', (world) => world.lock()],
  [4, 'unlock', (world) => world.unlock()],
  [2, 'change the password', (world) => world.changePassword()],
]
const ALL_WEIGHTS = STEPS_BY_WEIGHT.reduce((sum, [weight]) => sum + weight, 0)
/** Steps between two restores from words. */
const RESTORE_EVERY = 60

function draw(world: ModelWorld): (typeof STEPS_BY_WEIGHT)[number] {
  let at = (world.random.below(1_000_000) / 1_000_000) * ALL_WEIGHTS
  for (const step of STEPS_BY_WEIGHT) {
    at -= step[0]
    if (at < 0) return step
  }
  return STEPS_BY_WEIGHT[0] as (typeof STEPS_BY_WEIGHT)[number]
}

/** What waits for a block: the mempool and what the wallet made, without what was given up and what no block can hold. */
function waiting(world: ModelWorld): Transaction[] {
  const { chain } = world
  const found: Transaction[] = []
  const spent = new Set<string>()
  const made = new Set<string>()
  const confirmed = confirmedIn(world)
  // What got into a block after all is given up no more, whatever becomes of the block.
  for (const id of world.abandoned) if (confirmed.has(id)) world.abandoned.delete(id)
  const candidates = [...world.mempool, ...[...world.made.values()].toReversed()]
  for (let isDone = false; !isDone; ) {
    isDone = true
    for (const transaction of candidates) {
      const id = toHex(transaction.txid)
      if (made.has(id) || world.abandoned.has(id) || confirmed.has(id)) continue
      const fits = transaction.inputs.every(
        ({ previous }) =>
          (chain.coin(previous) !== undefined || made.has(toHex(previous.txid))) && !spent.has(outpointKey(previous)),
      )
      if (!fits) continue
      found.push(transaction)
      made.add(id)
      for (const { previous } of transaction.inputs) spent.add(outpointKey(previous))
      isDone = false
    }
  }
  return found
}

/** Txids of all that is in blocks. */
function confirmedIn({ chain }: ModelWorld): ReadonlySet<string> {
  return new Set(chain.blocks.flatMap(({ transactions }) => transactions.map(({ txid }) => toHex(txid))))
}

function said(wallet: WalletBook) {
  const { available, pending, immature } = wallet.balance()
  const rows = wallet
    .history('', ALL)
    .rows.filter(({ status }) => status === 'pending' || status === 'confirmed' || status === 'immature')
    .map(({ id, delta, height }) => ({ id, delta, height }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const coins = wallet.coins().map(({ outpoint, value }) => shownCoin(outpointKey(outpoint), value))
  return { balance: { available, pending, immature }, coins: coins.sort(), rows }
}

test.each(Array.from({ length: RUNS }, (_, run) => run))(
  `${STEPS} steps: the wallet says what a plain ledger says, run %d`,
  async (run) => {
    const world = await ModelWorld.begin(7_201 + run, folder)
    const seen: Record<string, number> = {}
    for (let step = 0; step < STEPS; step++) {
      world.fixture.now += 60
      const [, name, work] = draw(world)
      seen[name] = (seen[name] ?? 0) + 1
      await work(world)
      world.follow()
      await world.offerAgain()
      world.follow()
      const waits = waiting(world)
      const expected = plainLedger(world.chain, waits, world.ours())
      expect(said(world.wallet), `after step ${step}, ${name}`).toEqual(expected)
      if (step % RESTORE_EVERY > 0) continue
      expect(fromWords(await world.restored(waits)), `restored at step ${step}`).toEqual(fromWords(world.wallet))
    }
    await world.end()
    for (const name of ['receive', 'send', 'mine', 'reorganise', 'crash']) expect(seen[name]).toBeGreaterThan(0)
  },
  600_000,
)

/** What the words, the chain and what waits say together: all of it but what the wallet alone remembers. */
function fromWords(wallet: WalletBook) {
  const counted = ['pending', 'confirmed', 'immature']
  const rows = wallet.history('', ALL).rows.filter(({ status }) => counted.includes(status))
  const shown = rows.map(({ id, kind, status, delta, fee, height, confirmations, maturesIn, addresses, trust }) => ({
    ...{ id, kind, status, delta, fee, height, confirmations, maturesIn, addresses, trust },
  }))
  const { orphaned: _, ...balance } = wallet.balance()
  const coins = wallet
    .coins()
    .map(({ outpoint, value, status }) => `${shownCoin(outpointKey(outpoint), value)} ${status}`)
  return { rows: shown.sort((a, b) => (a.id < b.id ? -1 : 1)), balance, coins: coins.sort() }
}
