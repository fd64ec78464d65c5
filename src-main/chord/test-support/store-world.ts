/** Hosts that keep keys, on the network of `HostWorld`, and what tests ask of them. */
import { encodeBencode } from '../../codec/bencode.ts'
import { itemKey, signItem } from '../../items/item.ts'
import { MINUTE, type Millis } from '../../kernel/clock.ts'
import type { GetReport, ImmutableItem, Item, MutableItem, PutReport } from '../../kernel/key-value-store.ts'
import type { ChordSearchResult } from '../overlay.ts'
import { owns, RingId } from '../ring-id.ts'
import { ChordStore, type ChordStoreOptions } from '../store/chord-store.ts'
import { type HostOptions, HostWorld, type HostWorldOptions, type SimHost } from './host-world.ts'

export type StoreOf = (number: number) => ChordStoreOptions

/** A settled ring of so many hosts with stores, two places each. */
export function storeRing(count: number, options: HostWorldOptions, more: HostOptions = {}): StoreWorld {
  const world = new StoreWorld(options)
  world.grow(count, { virtualNodes: 2, ...more })
  const wanted = Math.max(2 * count, world.successors + 1)
  if (!world.run(60 * MINUTE, () => world.members().length === wanted)) throw new Error('places to spare are kept')
  if (!world.becomesIdeal(10 * MINUTE)) throw new Error('no ideal ring')
  return world
}

export class StoreWorld extends HostWorld {
  override make(options: HostOptions & { readonly keep?: ChordStoreOptions } = {}): SimHost {
    const { keep, ...rest } = options
    return super.make({ store: (host) => new ChordStore(host, keep), ...rest })
  }

  /** Lets time pass until a search has ended. */
  ended<R>(start: (done: (report: R) => void) => unknown, limit: Millis = MINUTE): R {
    let report: R | undefined
    start((result) => {
      report = result
    })
    if (!this.run(limit, () => report !== undefined)) throw new Error(`no end of the search after ${limit} ms`)
    return report as R
  }

  put(by: SimHost, item: Item, cas?: bigint): PutReport {
    return this.ended((done) => by.node.put(item, cas === undefined ? {} : { cas }, done))
  }

  get(by: SimHost, item: Item | RingId): GetReport {
    const key = item instanceof RingId ? item : keyOf(item)
    return this.ended((done) => by.node.get(key, {}, done))
  }

  announce(by: SimHost, infoHash: RingId, port: number, seed = false): ChordSearchResult & { readonly stored: number } {
    return this.ended((done) => by.node.announce(infoHash, { port, seed }, done))
  }

  /** Peers found, as text, in order. */
  peers(by: SimHost, infoHash: RingId, noSeeds = false): string[] {
    const peers: string[] = []
    const found = (some: readonly { host: string; port: number }[]) => {
      for (const { host, port } of some) peers.push(`${host}:${port}`)
    }
    this.ended((done) => by.node.peers(infoHash, { noSeeds, found }, done))
    return peers.sort()
  }

  /** Hosts that live and hold this key. */
  holders(key: RingId): SimHost[] {
    return this.living.filter(({ node }) => node.items().some((held) => held.key.equals(key)))
  }

  /** The host of the member that owns the key now. */
  ownerOf(key: RingId): SimHost {
    const owner = this.members().find(({ self, predecessor }) => owns(predecessor.id, key, self.id))
    return this.living.find(({ endpoint }) => endpoint.host === owner?.self.endpoint.host) as SimHost
  }
}

export function keyOf(item: Item): RingId {
  return RingId.of(itemKey(item))
}

export function text(value: string): ImmutableItem {
  return { kind: 'immutable', value: encodeBencode(value) }
}

/** `owner`: one byte that makes the private key. */
export function signed(owner: number, seq: number, value = `version ${seq}`, salt = ''): MutableItem {
  const seed = new Uint8Array(32).fill(owner)
  return signItem(seed, { value: encodeBencode(value), seq: BigInt(seq), salt: new TextEncoder().encode(salt) })
}
