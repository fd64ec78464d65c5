/**
 * Fetches single blocks that somebody on a light or pruned node wants, each of one peer at a time: of another where it has not
 * got it, does not answer in time, or sends something else. Nodes that keep the newest blocks alone (BIP 159) are asked for
 * no others.
 */
import { MINUTE, type Millis } from '../../../kernel/clock.ts'
import type { BlockPosition } from '../../chain.ts'
import { hashKey } from '../../coins/coin.ts'
import { hash256 } from '../../primitives/hashes.ts'
import { HEADER_BYTES } from '../../primitives/header.ts'
import { isBlameworthy } from '../blame.ts'
import { InventoryType, type MessageOf } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { Peer } from '../peer.ts'
import { LIMITED_BLOCKS } from './download-limits.ts'

/** Blocks asked of one peer at once. */
export const MAX_FETCHES_PER_PEER = 4
export const FETCH_TIME_LIMIT: Millis = MINUTE
/** Peers that are remembered not to have a block. */
const MAX_LACKING = 16

interface Fetch {
  readonly position: BlockPosition
  peer: Peer | undefined
  askedAt: Millis
  /** Names of peers that have not got it, or did not answer. */
  readonly lacking: string[]
}

export class BlockFetches {
  readonly #context: PartContext
  readonly #fetches = new Map<string, Fetch>()
  #isLooking = false

  constructor(context: PartContext) {
    this.#context = context
  }

  isAsked(peer: Peer, hash: Uint8Array): boolean {
    return this.#fetches.get(hashKey(hash))?.peer === peer
  }

  /** Blocks asked of the peer. */
  askedOf(peer: Peer): number {
    return [...this.#fetches.values()].filter((fetch) => fetch.peer === peer).length
  }

  left(peer: Peer): void {
    for (const fetch of this.#fetches.values()) if (fetch.peer === peer) fetch.peer = undefined
  }

  tick(now: Millis): void {
    for (const fetch of this.#fetches.values())
      if (fetch.peer && now - fetch.askedAt >= FETCH_TIME_LIMIT) failed(fetch, fetch.peer)
    this.look()
  }

  /** Asks the chain what is wanted, and peers for it. */
  look(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    this.#context.run('wanted blocks', async () => {
      try {
        const wanted = await this.#context.chain.wantedBlocks()
        const keys = new Set(wanted.map(({ hash }) => hashKey(hash)))
        for (const key of this.#fetches.keys()) if (!keys.has(key)) this.#fetches.delete(key)
        for (const position of wanted) {
          const key = hashKey(position.hash)
          if (!this.#fetches.has(key)) this.#fetches.set(key, { position, peer: undefined, askedAt: 0, lacking: [] })
        }
      } finally {
        this.#isLooking = false
      }
      this.#ask()
    })
  }

  /** What we did not ask for is not looked at. */
  async received(peer: Peer, { payload }: MessageOf<'block'>): Promise<void> {
    const hash = hash256(payload.subarray(0, HEADER_BYTES))
    peer.knownBlocks.add(hash)
    const fetch = this.#fetches.get(hashKey(hash))
    if (fetch?.peer !== peer) return
    const outcome = await this.#context.chain.acceptBlock(payload, peer.name, true)
    if (outcome.status === 'refused') {
      failed(fetch, peer)
      if (isBlameworthy(outcome.fault, 'block')) peer.misbehaved(outcome.fault.reason)
    } else {
      peer.lastBlockAt = this.#context.clock.now()
      this.#fetches.delete(hashKey(hash))
    }
    this.look()
  }

  notFound(peer: Peer, { items }: MessageOf<'notfound'>): void {
    for (const { hash } of items) {
      const fetch = this.#fetches.get(hashKey(hash))
      if (fetch?.peer === peer) failed(fetch, peer)
    }
    this.#ask()
  }

  #ask(): void {
    for (const fetch of this.#fetches.values()) {
      if (fetch.peer) continue
      const peer = this.#choose(fetch)
      if (peer === undefined) continue
      fetch.peer = peer
      fetch.askedAt = this.#context.clock.now()
      peer.send({ command: 'getdata', items: [{ type: InventoryType.WITNESS_BLOCK, hash: fetch.position.hash }] })
    }
  }

  /** Of those that may have it the one with least to do; who lacked it before may have it by now, but comes last. */
  #choose({ position, lacking }: Fetch): Peer | undefined {
    const able = [...this.#context.peers].filter(
      (peer) => canServe(peer, position.height) && this.askedOf(peer) < MAX_FETCHES_PER_PEER,
    )
    const fresh = able.filter(({ name }) => !lacking.includes(name))
    if (fresh.length === 0) lacking.length = 0
    return fresh.sort((a, b) => this.askedOf(a) - this.askedOf(b))[0]
  }
}

function failed(fetch: Fetch, peer: Peer): void {
  fetch.peer = undefined
  fetch.lacking.push(peer.name)
  if (fetch.lacking.length > MAX_LACKING) fetch.lacking.shift()
}

function canServe({ head, blocks }: Peer, height: number): boolean {
  if (head === undefined || head.height < height || blocks === 'none') return false
  return blocks === 'all' || head.height - height < LIMITED_BLOCKS
}
