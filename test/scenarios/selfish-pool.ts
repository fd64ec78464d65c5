/**
 * A miner that keeps its blocks to itself while it is ahead, and shows them when others come near: after Eyal and Sirer,
 * "Majority is not Enough" (2014). Its own chain is fed with what its gateway, a node like all others, hears; what it shows,
 * the gateway tells the world. Nodes stay with the branch that they saw first and pass on no other of the same work, so that
 * in a tie nobody else mines on the pool's (γ = 0 in the paper).
 */
import { displayHash } from '../../src-main/chain/primitives/hashes.ts'
import { decodeHeader, HEADER_BYTES } from '../../src-main/chain/primitives/header.ts'
import type { ChainNode } from './chain-world.ts'

export class SelfishPool {
  readonly #own: ChainNode
  readonly #gateway: ChainNode
  readonly #unwatch: (() => void)[]
  #working: Promise<void> = Promise.resolve()

  /** @param own mines, and has no peers */
  constructor(own: ChainNode, gateway: ChainNode) {
    this.#own = own
    this.#gateway = gateway
    const step = () => {
      this.#working = this.#working.then(() => this.#step())
    }
    this.#unwatch = [own.chain.watch({ tipChanged: step }), gateway.chain.watch({ tipChanged: step })]
  }

  /** Shows what it has, and hides nothing any more. */
  async stop(): Promise<void> {
    for (const unwatch of this.#unwatch) unwatch()
    await this.#working
    await give(this.#own, this.#gateway)
  }

  async #step(): Promise<void> {
    await give(this.#gateway, this.#own)
    const { hash, height } = this.#gateway.chain.state.tip
    const others = (await this.#own.chain.heightOf(hash)) === undefined
    // They have a branch of their own, and are one block behind: the next of theirs could be a tie that is lost.
    if (others && this.#own.chain.state.tip.height === height + 1) await give(this.#own, this.#gateway)
  }
}

/** Tells `to` the best chain of `from`. */
async function give(from: ChainNode, to: ChainNode): Promise<void> {
  const blocks: Uint8Array[] = []
  let { hash } = from.chain.state.tip
  while ((await to.chain.knowledgeOf([hash]))[0] !== 'block') {
    const bytes = await from.chain.block(hash)
    if (bytes === undefined) throw new Error(`there is no block ${displayHash(hash)}`)
    blocks.push(bytes)
    hash = decodeHeader(bytes.subarray(0, HEADER_BYTES)).previous
  }
  for (const bytes of blocks.reverse()) await to.chain.acceptBlock(bytes, 'pool', true)
}

/** What part of all blocks a selfish pool with this part of the hash rate gets, for γ = 0 (equation 8 of the paper). */
export function selfishShare(part: number): number {
  const gain = 4 * part ** 2 * (1 - part) ** 2 - part ** 3
  return gain / (1 - part * (1 + (2 - part) * part))
}
