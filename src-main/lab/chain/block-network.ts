/**
 * Nodes that mine and flood blocks on virtual time. Each has a header tree of its own with the real rules: proof of work,
 * times, most work wins, of several the first seen. Blocks are headers with real proof of work under an easy target; when
 * they are found is drawn, for the hash rate is what is studied. A node passes on what became its tip; who lacks a parent
 * asks the sender for all that is missing (two delays more).
 */
import { BLOCK_VERSION } from '../../chain/consensus/header-rules.ts'
import { networks } from '../../chain/consensus/networks.ts'
import { HeaderTree } from '../../chain/headers/header-tree.ts'
import { BlockHeader } from '../../chain/primitives/header.ts'
import { toHex } from '../../kernel/bytes.ts'
import { EventHeap } from '../../simulation/event-heap.ts'
import { naturalLog } from '../../simulation/exact-math.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { type GraphShape, type Link, randomGraph } from './graph.ts'

const NETWORK = networks.local
const TWO_TO_32 = 2 ** 32
/** Nonces for one block: the easy target takes two on average. */
const MAX_NONCES = 10_000

export interface MiningShape extends GraphShape {
  /** Seconds between two blocks of all, on average. */
  readonly interval: number
}

/** Somebody's best branch was left for another. */
export interface Reorganisation {
  readonly node: number
  /** Blocks that were left. */
  readonly depth: number
}

export class BlockNetwork {
  readonly links: readonly (readonly Link[])[]
  readonly trees: readonly HeaderTree[]
  /** Blocks found so far. */
  found = 0
  /** Called for each block that a node takes, with the seconds since it was found. */
  taken: (node: number, header: BlockHeader, delay: number) => void = () => {}
  reorganised: (event: Reorganisation) => void = () => {}
  readonly #interval: number
  readonly #random: SeededRandom
  readonly #events = new EventHeap()
  readonly #foundAt = new Map<BlockHeader, number>()
  #now = 0
  /** Nodes from this one on cannot hear those before, and the other way round. */
  #wall: number | undefined

  constructor(shape: MiningShape, random: SeededRandom) {
    this.#interval = shape.interval
    this.#random = random.split('mining')
    this.links = randomGraph(shape, random.split('graph'))
    this.trees = this.links.map(() => new HeaderTree(NETWORK))
  }

  /** Seconds since the beginning. */
  get now(): number {
    return this.#now
  }

  /** The next block, found by anybody with equal luck after an interval by chance; all that happens before happens first. */
  mineNext(): void {
    const luck = -naturalLog((this.#random.word() + 1) / TWO_TO_32)
    this.#runUntil(this.#now + luck * this.#interval)
    this.mineAt(this.#random.below(this.trees.length))
  }

  /** A block on the tip of `node`, now. */
  mineAt(node: number): BlockHeader {
    const tree = this.trees[node] as HeaderTree
    const time = Math.max(tree.time(tree.best) + 1, NETWORK.genesis.header.time + Math.floor(this.#now))
    const header = solved(tree.hash(tree.best), time, tree.bits(0), this.#random.bytes(32))
    this.found++
    this.#foundAt.set(header, this.#now)
    this.#take(node, header, undefined)
    return header
  }

  /** Until every block that is under way has arrived. */
  settle(): void {
    this.#runUntil(Number.POSITIVE_INFINITY)
  }

  /** Nobody of the first `count` nodes hears anybody of the others, until `join`. */
  split(count: number): void {
    this.#wall = count
  }

  /** Links carry again; each end tells the other of its tip. */
  join(): void {
    const wall = this.#wall
    this.#wall = undefined
    if (wall === undefined) return
    for (let node = 0; node < this.trees.length; node++) {
      const tree = this.trees[node] as HeaderTree
      const header = tree.header(tree.best)
      for (const link of this.links[node] as readonly Link[])
        if (node < wall !== link.to < wall) this.#send(node, link, header)
    }
  }

  /** Whether everybody has the same tip. */
  get agrees(): boolean {
    const [first] = this.tips
    return this.tips.every((tip) => tip === first)
  }

  /** Of each node, in hexadecimal; the same text for the same tip. */
  get tips(): readonly string[] {
    return this.trees.map((tree) => toHex(tree.hash(tree.best)))
  }

  #runUntil(end: number): void {
    for (let next = this.#events.peek(); next !== undefined && next.at <= end; next = this.#events.peek()) {
      this.#events.take()
      this.#now = next.at
      const { run } = next
      next.run = undefined
      run?.()
    }
    if (Number.isFinite(end)) this.#now = end
  }

  #send(from: number, link: Link, header: BlockHeader): void {
    this.#events.add(this.#now + link.delay, () => {
      if (this.#isCut(from, link.to)) return
      this.#receive(link, from, header)
    })
  }

  #isCut(a: number, b: number): boolean {
    return this.#wall !== undefined && a < this.#wall !== b < this.#wall
  }

  #receive(link: Link, from: number, header: BlockHeader): void {
    const tree = this.trees[link.to] as HeaderTree
    if (tree.find(header.hash) !== -1) return
    if (tree.find(header.previous) !== -1) {
      this.#take(link.to, header, from)
      return
    }
    this.#events.add(this.#now + 2 * link.delay, () => {
      for (const missing of this.#missing(from, link.to, header)) this.#take(link.to, missing, from)
    })
  }

  /** What ends in `header` at the sender's and is not at the receiver's, lowest first. */
  #missing(from: number, to: number, header: BlockHeader): readonly BlockHeader[] {
    const [theirs, ours] = [this.trees[from] as HeaderTree, this.trees[to] as HeaderTree]
    const missing: BlockHeader[] = []
    for (let row = theirs.find(header.hash); ours.find(theirs.hash(row)) === -1; row = theirs.parent(row))
      missing.push(theirs.header(row))
    return missing.reverse()
  }

  #take(node: number, header: BlockHeader, from: number | undefined): void {
    const tree = this.trees[node] as HeaderTree
    const parent = tree.find(header.previous)
    const clock = NETWORK.genesis.header.time + Math.ceil(this.#now)
    const fault = tree.faultAfter(header, parent, clock)
    if (fault) throw new Error(`an honest block is refused: ${fault.reason}`)
    const before = tree.best
    const row = tree.add(header, parent)
    const found = this.#foundAt.get(header)
    if (found !== undefined) this.taken(node, header, this.#now - found)
    if (tree.best !== row) return
    if (parent !== before) this.reorganised({ node, depth: tree.height(before) - tree.height(tree.fork(before, row)) })
    for (const link of this.links[node] as readonly Link[]) if (link.to !== from) this.#send(node, link, header)
  }
}

function solved(previous: Uint8Array, time: number, bits: number, merkleRoot: Uint8Array): BlockHeader {
  const { limit } = NETWORK.proofOfWork
  for (let nonce = 0; nonce < MAX_NONCES; nonce++) {
    const header = new BlockHeader({ version: BLOCK_VERSION, previous, merkleRoot, time, bits, nonce })
    if (header.hasProofOfWork(limit)) return header
  }
  throw new Error(`no nonce of ${MAX_NONCES} meets an easy target`)
}
