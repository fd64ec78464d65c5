/**
 * Peers of info-hashes that a host keeps on the ring. Limits: `MAX_INFO_HASHES` torrents, further ones are refused until some
 * have expired; of a torrent, an address and a network as `Swarms` has them.
 */
import { type Swarm, Swarms } from '../../items/swarms.ts'
import type { Random } from '../../kernel/random.ts'
import type { KeyRange } from '../host-messages.ts'
import type { RingId } from '../ring-id.ts'
import { KeyedList } from './keyed-list.ts'

export const MAX_INFO_HASHES = 2_000

interface KeyedSwarm {
  readonly key: RingId
  readonly swarm: Swarm
}

export class PeerShelf extends Swarms<RingId> {
  private readonly list: KeyedList<KeyedSwarm>

  constructor(random: Random) {
    const list = new KeyedList<KeyedSwarm>()
    super(
      {
        get size() {
          return list.size
        },
        get: (infoHash) => list.get(infoHash)?.swarm,
        hasRoomFor: (infoHash) => list.size < MAX_INFO_HASHES || list.get(infoHash) !== undefined,
        set: (key, swarm) => {
          list.set({ key, swarm })
          return undefined
        },
        delete: (infoHash) => {
          list.delete(infoHash)
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
