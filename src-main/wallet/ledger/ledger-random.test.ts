/** Whatever comes and goes in whatever order: the ledger is what it would be if it were made anew from its records. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashKey, outpointKey } from '../../chain/coins/coin.ts'
import { sha256, ZERO_HASH } from '../../chain/primitives/hashes.ts'
import { COINBASE_INDEX, type Outpoint, Transaction } from '../../chain/primitives/transaction.ts'
import { shuffled } from '../../kernel/random.ts'
import { SeededRandom } from '../../simulation/random.ts'
import type { KeyPath } from '../wallet-types.ts'
import { Ledger } from './ledger.ts'
import type { LedgerRecord } from './ledger-record.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 2_000 : 120
const STEPS = 60
const MATURITY = 5
const SCRIPTS = 8

/** Our scripts are numbers; those from `known` on become ours later. */
const scriptOf = (n: number) => Uint8Array.of(0x51, n)
class Scripts {
  known = SCRIPTS / 2

  pathOf = (script: Uint8Array): KeyPath | undefined => {
    const n = script[1] as number
    return n < this.known ? { chain: 0, index: n } : undefined
  }
}

class World {
  readonly random: SeededRandom
  readonly scripts = new Scripts()
  readonly ledger = new Ledger({ maturity: MATURITY, pathOf: this.scripts.pathOf })
  /** As wallet.db would have it. */
  readonly records = new Map<string, LedgerRecord>()
  readonly frozen = new Map<string, Outpoint>()
  height = 10
  buried = 0
  #made: Transaction[] = []

  constructor(seed: number) {
    this.random = SeededRandom.of(seed)
    this.ledger.setHeight(this.height)
  }

  step(): void {
    const steps = [
      () => this.#put(this.#newTransaction()),
      () => this.#put(this.#newTransaction()),
      () => this.#confirm(),
      () => this.#confirm(),
      () => this.#disconnect(),
      () => this.#mark(),
      () => this.#remove(),
      () => this.#moveHeight(),
      () => this.#addScript(),
      () => this.#freeze(),
      () => this.#bury(),
    ]
    steps[this.random.below(steps.length)]?.()
    for (const { txid, record } of this.ledger.takeChanges()) {
      if (record) this.records.set(hashKey(txid), record)
      else this.records.delete(hashKey(txid))
    }
  }

  /** From the records alone, in another order. */
  fresh(): Ledger {
    const ledger = new Ledger({ maturity: MATURITY, pathOf: this.scripts.pathOf })
    ledger.load(shuffled(this.random, [...this.records.values()]))
    ledger.setHeight(this.height)
    for (const outpoint of this.frozen.values()) ledger.freeze(outpoint, true)
    return ledger
  }

  #newTransaction(): Transaction {
    const { random } = this
    const outputs = Array.from({ length: 1 + random.below(3) }, () => ({
      value: BigInt(1 + random.below(1_000)),
      scriptPubKey: scriptOf(random.below(SCRIPTS + 2)),
    }))
    const isCoinbase = random.below(5) === 0
    const inputs = isCoinbase
      ? [{ txid: ZERO_HASH, index: COINBASE_INDEX }]
      : Array.from({ length: 1 + random.below(2) }, () => this.#someOutpoint())
    const transaction = new Transaction({
      version: random.below(1_000_000),
      inputs: inputs.map((previous) => ({ previous, scriptSig: new Uint8Array(0), sequence: 0, witness: [] })),
      outputs,
      lockTime: 0,
    })
    this.#made.push(transaction)
    return transaction
  }

  /** Mostly of what was made before, so that things hang together and clash. */
  #someOutpoint(): Outpoint {
    const parent = this.#made[this.random.below(this.#made.length + 2)]
    if (parent === undefined) return { txid: sha256(Uint8Array.of(this.random.below(4))), index: 0 }
    return { txid: parent.txid, index: this.random.below(parent.outputs.length) }
  }

  #some(): LedgerRecord | undefined {
    const all = [...this.records.values()]
    return all[this.random.below(Math.max(1, all.length))]
  }

  #put(transaction: Transaction): void {
    const isCoinbase = transaction.isCoinbase
    this.ledger.put({
      transaction,
      block: isCoinbase ? this.#someBlock() : undefined,
      firstSeen: this.random.below(100),
      arrival: isCoinbase ? 0 : this.ledger.nextArrival(),
      abandoned: false,
      gone: false,
      refused: '',
    })
  }

  #someBlock() {
    const height = 1 + this.random.below(this.height)
    return { height, hash: sha256(Uint8Array.of(height)), time: height * 10, place: this.random.below(3) }
  }

  #confirm(): void {
    const record = this.#some()
    if (record) this.ledger.put({ ...record, block: this.#someBlock(), abandoned: false, gone: false })
  }

  #disconnect(): void {
    const record = this.#some()
    if (record?.block) this.ledger.put({ ...record, block: undefined, arrival: this.ledger.nextArrival() })
  }

  #mark(): void {
    const record = this.#some()
    if (record === undefined || record.block) return
    const mark = [{ abandoned: true }, { gone: true }, { abandoned: false, gone: false }][this.random.below(3)]
    this.ledger.put({ ...record, ...mark })
  }

  #remove(): void {
    const record = this.#some()
    if (record) this.ledger.remove(record.transaction.txid)
  }

  #moveHeight(): void {
    this.height = Math.max(1, this.height + this.random.below(9) - 3)
    this.ledger.setHeight(this.height)
  }

  #addScript(): void {
    if (this.scripts.known >= SCRIPTS) return
    this.scripts.known++
    this.ledger.scriptsAdded([scriptOf(this.scripts.known - 1)])
  }

  #freeze(): void {
    const record = this.#some()
    if (record === undefined) return
    const outpoint = { txid: record.transaction.txid, index: this.random.below(record.transaction.outputs.length) }
    const isFrozen = this.random.below(2) === 0
    this.ledger.freeze(outpoint, isFrozen)
    if (isFrozen) this.frozen.set(outpointKey(outpoint), outpoint)
    else this.frozen.delete(outpointKey(outpoint))
  }

  #bury(): void {
    this.buried = this.random.below(this.height + 1)
    this.ledger.openOutpoints(this.buried)
  }
}

function shown(ledger: Ledger, buried: number) {
  const hex = (key: string) => Buffer.from(key, 'latin1').toString('hex').slice(0, 12)
  return {
    totals: ledger.totals,
    history: ledger.history.map((entry) => {
      const { kind, delta, fee, isOwn } = ledger.factsOf(entry)
      const { standing, replacedBy, isTrusted, own } = entry
      const paths = [...own].map(([place, { index }]) => `${place}:${index}`).sort()
      return {
        id: hex(entry.id),
        standing,
        replacedBy: replacedBy && hex(replacedBy),
        isTrusted,
        paths,
        kind,
        delta,
        fee,
        isOwn,
      }
    }),
    coins: Array.from(ledger.coins, ({ outpoint, value, status, isFrozen, height }) => {
      return `${hex(outpointKey(outpoint))} ${outpoint.index} ${value} ${status} ${isFrozen} ${height}`
    }).sort(),
    pending: [...ledger.pending].map(({ id }) => hex(id)).sort(),
    unconfirmed: [...ledger.unconfirmed].map(({ id }) => hex(id)).sort(),
    open: ledger
      .openOutpoints(buried)
      .map((bytes) => Buffer.from(bytes).toString('hex'))
      .sort(),
  }
}

describe('the ledger', () => {
  test(`is what it would be if it were made anew, after each of ${STEPS} steps`, () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const world = new World(seed)
        for (let i = 0; i < STEPS; i++) {
          world.step()
          expect(shown(world.ledger, world.buried)).toEqual(shown(world.fresh(), world.buried))
        }
      }),
      { seed: 7_205, numRuns },
    )
  })

  test('what it gained and lost is what it has', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { ledger, ...world } = steps(new World(seed))
        const counted = [...ledger.entries].filter(({ standing }) => standing === 'confirmed' || standing === 'pending')
        const { available, pending, immature, frozen } = ledger.totals
        // Where two in blocks spend the same, which no chain has, sums mean nothing.
        fc.pre(!world.clashes(counted.map(({ record }) => record.transaction)))
        expect(available + pending + immature + frozen).toBe(sumOfKnown(ledger, counted))
      }),
      { seed: 7_206, numRuns },
    )
  })
})

function steps(world: World) {
  for (let i = 0; i < STEPS; i++) world.step()
  const clashes = (transactions: readonly Transaction[]) => {
    const spent = transactions.flatMap(({ inputs }) => inputs.map(({ previous }) => outpointKey(previous)))
    return new Set(spent).size < spent.length
  }
  return { ledger: world.ledger, clashes }
}

/** Outputs of those that count, less what they spend of each other. */
function sumOfKnown(ledger: Ledger, counted: readonly { readonly record: LedgerRecord }[]): bigint {
  const ids = new Set(counted.map(({ record }) => hashKey(record.transaction.txid)))
  let sum = 0n
  for (const { record } of counted) {
    const { txid, inputs, outputs } = record.transaction
    for (const [index] of outputs.entries()) sum += ledger.ownOutput({ txid, index })?.value ?? 0n
    for (const { previous } of inputs)
      if (ids.has(hashKey(previous.txid))) sum -= ledger.ownOutput(previous)?.value ?? 0n
  }
  return sum
}
