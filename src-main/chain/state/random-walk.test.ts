/**
 * Random trees of blocks, some bad, given in random order with mutated copies, restarts, crashes and verdicts of people in
 * between: after each step the tip is one that most valid work ends in, the first seen where nothing forced a new choice, and
 * the coins are those of a plain replay of its branch.
 */
import { expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import type { Coin } from '../coins/coin.ts'
import { Block } from '../primitives/block.ts'
import { Transaction } from '../primitives/transaction.ts'
import { MemoryChainStore } from '../store/memory-chain-store.ts'
import { buildBlock, withTransactions } from '../test-support/block-builder.ts'
import { differences, openChainstate, outpointOfKey } from '../test-support/chainstate-bed.ts'
import { HASTY_NETWORK, seededNumbers } from '../test-support/recorded-chain.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { ANYONE_CAN_SPEND, type OwnedCoin, spendCoins, TestKey } from '../test-support/test-keys.ts'
import type { Chainstate } from './chainstate.ts'

const LONG = process.env.SHOAL_LONG === '1'
const RUNS = LONG ? 300 : 12
const NODES = LONG ? 90 : 60
const KEY = new TestKey(1)
/** Coins with this script need a signature. */
const SIGNED = KEY.p2wpkh

type Numbers = (below: number) => number

interface Node {
  readonly block: Block
  readonly parent: Node | undefined
  /** The chain that ends here; undefined where the block or one below it is bad. */
  readonly chain: TestChain | undefined
}

function ownedCoins(chain: TestChain, made: ReadonlyMap<string, Coin> = chain.coins): OwnedCoin[] {
  return [...made].map(([key, output]) => ({
    outpoint: outpointOfKey(key),
    output,
    ...(output.scriptPubKey.length === SIGNED.length ? { key: KEY } : {}),
  }))
}

/** Spends a few coins of the chain, then perhaps what that made. */
function randomTransactions(chain: TestChain, below: Numbers): Transaction[] {
  const coins = ownedCoins(chain)
  const transactions: Transaction[] = []
  for (let count = below(3); count > 0 && coins.length > 0; count--) {
    const taken = Array.from({ length: 1 + below(2) }, () => coins.splice(below(coins.length), 1)[0]).filter(
      (coin) => coin !== undefined,
    )
    const value = taken.reduce((sum, { output }) => sum + output.value, 0n)
    const outputs = Array.from({ length: 1 + below(2) }, (_, i) => ({
      value: i === 0 ? value / 3n : value / 2n,
      scriptPubKey: below(2) === 0 ? SIGNED : ANYONE_CAN_SPEND,
    }))
    const transaction = spendCoins(taken, outputs)
    transactions.push(transaction)
    if (below(3) === 0) {
      const output = outputs[0] as { value: bigint; scriptPubKey: Uint8Array }
      const key = output.scriptPubKey === SIGNED ? { key: KEY } : {}
      coins.push({ outpoint: { txid: transaction.txid, index: 0 }, output, ...key })
    }
  }
  return transactions
}

/** A block that breaks a rule, if there is enough to break. */
function badBlock(chain: TestChain, below: Numbers, extraNonce: number): Block {
  const transactions = randomTransactions(chain, below)
  const [coin] = ownedCoins(chain)
  const good = chain.next({ transactions, extraNonce })
  const [coinbase] = good.transactions as [Transaction]
  if (coin === undefined || below(4) === 0) {
    const outputs = coinbase.outputs.map((output, i) => (i === 0 ? { ...output, value: output.value + 1n } : output))
    return chain.next({ transactions, extraNonce, outputs: outputs.slice(0, 1) })
  }
  const again = spendCoins([coin], [{ value: 1n, scriptPubKey: ANYONE_CAN_SPEND }])
  const twice = spendCoins([coin], [{ value: 2n, scriptPubKey: ANYONE_CAN_SPEND }])
  if (below(2) === 0) return chain.next({ transactions: [again, twice], extraNonce, fees: 0n })
  const signed = spendCoins([coin], [{ value: coin.output.value + 1n, scriptPubKey: ANYONE_CAN_SPEND }])
  return chain.next({ transactions: [signed], extraNonce, fees: 0n })
}

function growTree(below: Numbers): Node[] {
  const network = HASTY_NETWORK
  const genesis: Node = { block: network.genesis, parent: undefined, chain: new TestChain(network) }
  const nodes: Node[] = [genesis]
  for (let number = 1; number <= NODES; number++) {
    const parent = nodes[Math.max(0, nodes.length - 1 - below(below(4) === 0 ? nodes.length : 4))] as Node
    const { chain } = parent
    if (chain === undefined) {
      const block = buildBlock({
        network,
        height: heightOf(parent) + 1,
        parent: parent.block.header,
        extraNonce: number,
      })
      nodes.push({ block, parent, chain: undefined })
      continue
    }
    const wantsBad = below(7) === 0
    const block = wantsBad
      ? badBlock(chain, below, number)
      : chain.next({ transactions: randomTransactions(chain, below), extraNonce: number })
    const next = chain.fork()
    const fault = next.add(block)
    expect(fault !== undefined).toBe(wantsBad)
    nodes.push({ block, parent, chain: fault ? undefined : next })
  }
  return nodes
}

function heightOf(node: Node): number {
  let height = 0
  for (let at = node.parent; at !== undefined; at = at.parent) height++
  return height
}

/** The same header with something else under it. */
function mutant({ header, transactions }: Block, below: Numbers): Block {
  const last = transactions[transactions.length - 1] as Transaction
  if (transactions.length % 2 === 1 && below(2) === 0) return new Block(header, [...transactions, last])
  const [coinbase, ...others] = transactions as [Transaction, ...Transaction[]]
  const inputs = coinbase.inputs.map((input) => ({ ...input, witness: [new Uint8Array(32).fill(9)] }))
  const { version, outputs, lockTime } = coinbase
  return new Block(header, [new Transaction({ version, inputs, outputs, lockTime }), ...others])
}

class Walk {
  readonly #below: Numbers
  readonly #nodes: readonly Node[]
  readonly #store = new MemoryChainStore()
  readonly #cacheBytes: number
  /** Blocks that are here. */
  readonly #here = new Set<Node>()
  /** Found bad by a person. */
  readonly #condemned = new Set<Node>()
  #chainstate: Chainstate
  #tip: Node

  private constructor(below: Numbers, nodes: readonly Node[], cacheBytes: number, chainstate?: Chainstate) {
    this.#below = below
    this.#nodes = nodes
    this.#cacheBytes = cacheBytes
    this.#tip = nodes[0] as Node
    this.#here.add(this.#tip)
    this.#chainstate = chainstate as Chainstate
  }

  static async begin(seed: number): Promise<Walk> {
    const below = seededNumbers(seed)
    const walk = new Walk(below, growTree(below), [0, 3_000, 20_000, 10_000_000][below(4)] as number)
    walk.#chainstate = await walk.#open()
    return walk
  }

  async run(): Promise<void> {
    const waiting = this.#nodes.slice(1)
    while (waiting.length > 0) {
      const place = this.#below(Math.min(waiting.length, this.#below(3) === 0 ? waiting.length : 3))
      const node = waiting[place] as Node
      // Where the parent was refused for what it follows, its header is not known, and never will be.
      if ((await this.#offer(node)) || !waiting.includes(node.parent as Node)) waiting.splice(place, 1)
      this.#check(false)
      if (this.#below(12) === 0) await this.#reopen(this.#below(2) === 0)
      if (this.#below(15) === 0) await this.#judge()
    }
    await this.#reopen(false)
    await this.#chainstate.close()
    expect(this.#store.coinCount).toBe(this.#tip.chain?.coins.size)
  }

  #open(): Promise<Chainstate> {
    return openChainstate({ network: HASTY_NETWORK, store: this.#store, cacheBytes: this.#cacheBytes })
  }

  /** Whether the block is here now, or is of no more use. */
  async #offer(node: Node): Promise<boolean> {
    if (this.#below(2) === 0) this.#chainstate.acceptHeaders(this.#headersTo(node), 'peer')
    const offer = (block: Block) => this.#chainstate.acceptBlock(this.#below(2) ? block : block.bytes(), 'peer', true)
    if (this.#below(5) === 0) {
      const { status } = await offer(mutant(node.block, this.#below))
      expect(status).toMatch(/refused|unconnected/)
    }
    const outcome = await offer(node.block)
    if (outcome.status === 'unconnected') return false
    if (outcome.status === 'refused') expect(node.chain === undefined || this.#isCondemned(node)).toBe(true)
    else this.#here.add(node)
    return true
  }

  /** As a peer would send them: from the child of genesis, whatever is known. Those after a bad one are refused. */
  #headersTo(node: Node): Uint8Array {
    const headers: Uint8Array[] = []
    for (let at: Node | undefined = node; at?.parent; at = at.parent) headers.push(at.block.header.bytes())
    return concatBytes(headers.reverse())
  }

  async #reopen(isClean: boolean): Promise<void> {
    if (isClean) await this.#chainstate.close()
    this.#chainstate = await this.#open()
    this.#check(true)
  }

  /** A person finds a block bad, or good again. */
  async #judge(): Promise<void> {
    const node = this.#nodes[1 + this.#below(this.#nodes.length - 1)] as Node
    const { hash } = node.block
    if (this.#isCondemned(node) || this.#below(3) === 0) {
      if (!(await this.#chainstate.reconsider(hash))) return this.#check(true)
      let root = node
      for (let at: Node | undefined = node; at; at = at.parent) if (this.#condemned.has(at)) root = at
      for (const other of [...this.#condemned]) if (this.#isAfter(other, root)) this.#condemned.delete(other)
    } else if (await this.#chainstate.invalidate(hash)) this.#condemned.add(node)
    this.#check(true)
  }

  #isAfter(node: Node, root: Node): boolean {
    for (let at: Node | undefined = node; at; at = at.parent) if (at === root) return true
    return false
  }

  #isCondemned(node: Node): boolean {
    for (let at: Node | undefined = node; at; at = at.parent) if (this.#condemned.has(at)) return true
    return false
  }

  #canBeTip(node: Node): boolean {
    if (node.chain === undefined || this.#isCondemned(node)) return false
    for (let at: Node | undefined = node; at; at = at.parent) if (!this.#here.has(at)) return false
    return true
  }

  #check(mayChoose: boolean): void {
    const possible = this.#nodes.filter((node) => this.#canBeTip(node))
    const most = Math.max(...possible.map(heightOf))
    const best = possible.filter((node) => heightOf(node) === most)
    const tip = best.find(({ block }) => Buffer.compare(block.hash, this.#chainstate.tip.hash) === 0)
    expect(tip, `of ${best.length} best tips at ${most} none, but ${this.#chainstate.tip.height}`).toBeDefined()
    if (!mayChoose && best.includes(this.#tip))
      expect(this.#nodes.indexOf(tip as Node)).toBe(this.#nodes.indexOf(this.#tip))
    this.#tip = tip as Node
    const others = this.#nodes.flatMap(({ chain }) => chain?.coins ?? [])
    expect(differences(this.#chainstate, this.#tip.chain as TestChain, others)).toEqual([])
  }
}

test('mutants of a block have its hash', () => {
  const chain = new TestChain(HASTY_NETWORK)
  const block = chain.mine()
  for (let seed = 1; seed < 9; seed++) expect(mutant(block, seededNumbers(seed)).hash).toEqual(block.hash)
  expect(withTransactions(block, block.transactions).header.merkleRoot).toEqual(block.header.merkleRoot)
})

for (let seed = 1; seed <= RUNS; seed++)
  test(`seed ${seed}`, async () => {
    await (await Walk.begin(seed)).run()
  })
