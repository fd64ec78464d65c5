/**
 * Peers of info-hashes that a host keeps on the ring. Limits: `MAX_INFO_HASHES` torrents, beyond which `FairShares` says
 * what gives way; of a torrent, an address and a network as `Swarms` has them.
 */
import { addressKeys } from '../../codec/address-keys.ts'
import { type Swarm, type SwarmOrigin, Swarms } from '../../items/swarms.ts'
import type { Random } from '../../kernel/random.ts'
import type { KeyRange } from '../host-messages.ts'
import type { RingId } from '../ring-id.ts'
import { FairShares } from './fair-shares.ts'
import { KeyedList } from './keyed-list.ts'

export const MAX_INFO_HASHES = 2_000

interface KeyedSwarm {
  readonly key: RingId
  readonly swarm: Swarm
}

export class PeerShelf extends Swarms<RingId> {
  private readonly list: KeyedList<KeyedSwarm>

  /** `ranges`: what our members own. */
  constructor(random: Random, ranges: () => readonly KeyRange[] = () => []) {
    const list = new KeyedList<KeyedSwarm>()
    const shares = new FairShares({ ranges, count: (range) => list.count(range) })
    const isFull = (infoHash: RingId) => list.size >= MAX_INFO_HASHES && list.get(infoHash) === undefined
    const victimFor = (infoHash: RingId, { host }: SwarmOrigin) => {
      return shares.victimFor(infoHash, addressKeys(host).network)
    }
    super(
      {
        get size() {
          return list.size
        },
        get: (infoHash) => list.get(infoHash)?.swarm,
        hasRoomFor: (infoHash, origin) => !isFull(infoHash) || victimFor(infoHash, origin) !== undefined,
        set: (key, swarm, origin) => {
          const victim = isFull(key) ? victimFor(key, origin) : undefined
          const evicted = victim && list.delete(victim)
          if (victim) shares.forget(victim)
          list.set({ key, swarm })
          shares.note(key, { network: addressKeys(origin.host).network, isCopy: origin.isCopy })
          return evicted?.swarm
        },
        delete: (infoHash) => {
          list.delete(infoHash)
          shares.forget(infoHash)
        },
        ids: () => list.all().map(({ key }) => key),
      },
      random,
    )
    this.list = list
  }

  /** Info-hashes of a range, clockwise from its start. */
  inRange(range: KeyRange): RingId[] {
    return this.list.inRange(range).map(({ key }) => key)
  }

  count(range: KeyRange): number {
    return this.list.count(range)
  }
}
