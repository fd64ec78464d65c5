/**
 * Links of ours whose torrent can be changed (BEP 46). Each is a key pair and the torrent that it points to; the signed
 * pointer is put into the DHT at once, again each hour, and sooner after a failure.
 *
 * Invariant: `seq` only grows, and what is put under a `seq` never changes: it is recorded before it is put.
 * Limits: `MAX_PUBLICATIONS`; one write of each at a time.
 */
import type { PublicationRow } from '#shared/contract/torrents.ts'
import { formatMagnet } from '../../codec/magnet.ts'
import { publicKeyOf, SEED_BYTES } from '../../items/ed25519.ts'
import { MAX_SEQ, signItem } from '../../items/item.ts'
import { mutableTarget } from '../../kademlia/item-target.ts'
import { toHex } from '../../kernel/bytes.ts'
import { type Clock, HOUR, MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { KeyValueStore, PutReport, RunningRequest } from '../../kernel/key-value-store.ts'
import type { Log } from '../../kernel/log.ts'
import type { Random } from '../../kernel/random.ts'
import type { PublicationRecord, PublicationRepository } from '../../storage/publication-repository.ts'
import { TorrentsError } from '../torrents/torrents-error.ts'
import { Watchers } from '../watchers.ts'
import { type ItemStore, lookAgainAfter } from './item-store.ts'
import { linkId, pointerTo } from './torrent-pointer.ts'

export const MAX_PUBLICATIONS = 100
/** BEP 44: items live two hours; they are put again each hour, up to a tenth sooner by chance. */
export const PUT_PERIOD: Millis = HOUR
/** After a failure: doubled each time. */
export const RETRY_STEP: Millis = 30 * SECOND
export const RETRY_CEILING: Millis = 15 * MINUTE
/** Writes of several links at the start stand so far apart. */
const START_STEP: Millis = 500

const OFF = 'The DHT is off; turn it on in Settings, and the link is published by itself.'
const JOINING = 'No node of the DHT is known yet; it is published by itself once there is one.'

export interface PublicationsParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly repository: PublicationRepository
  readonly store: () => ItemStore
}

/** What is published: names a torrent of the list. */
export interface Published {
  /** 20 bytes. */
  readonly infoHash: Uint8Array
  readonly name: string
}

interface Publication {
  record: PublicationRecord
  state: PublicationRow['state']
  reason: string
  /** In a row. */
  failures: number
  /** The highest `seq` that others are known to hold, beyond our own. */
  seen: bigint
  timer: Timer | undefined
  request: RunningRequest | undefined
}

export class Publications {
  readonly watchers = new Watchers()
  private readonly parts: PublicationsParts
  private readonly all = new Map<string, Publication>()

  constructor(parts: PublicationsParts) {
    this.parts = parts
  }

  /** Takes up those of the last time and begins to put them. */
  start(): void {
    const { publications, unreadable } = this.parts.repository.list()
    if (unreadable > 0) this.parts.log.write('error', 'publications cannot be read', { count: unreadable })
    for (const [index, record] of publications.entries()) {
      const publication = this.keep(record)
      this.later(publication, index * START_STEP)
    }
  }

  rows(): PublicationRow[] {
    return [...this.all].map(([id, publication]) => rowOf(id, publication))
  }

  /** A new link of that name. @throws TorrentsError TOO_MANY_PUBLICATIONS, the database's error */
  create(name: string, { infoHash, name: torrentName }: Published): PublicationRow {
    if (this.all.size >= MAX_PUBLICATIONS)
      throw new TorrentsError({ code: 'TOO_MANY_PUBLICATIONS', limit: MAX_PUBLICATIONS })
    const seed = this.parts.random.bytes(SEED_BYTES)
    const key = { publicKey: publicKeyOf(seed), salt: new Uint8Array(), seed }
    const record = { ...key, name, infoHash, torrentName, seq: 1n, stored: 0, publishedAt: undefined }
    this.parts.repository.put(record)
    return this.putNow(this.keep(record))
  }

  /** Lets a link point to another torrent. @throws TorrentsError NO_SUCH_PUBLICATION, LINK_USED_UP, the database's error */
  change(id: string, { infoHash, name: torrentName }: Published): PublicationRow {
    const publication = this.find(id)
    const { record, seen } = publication
    const seq = (record.seq > seen ? record.seq : seen) + 1n
    if (seq > MAX_SEQ) throw new TorrentsError({ code: 'LINK_USED_UP', id })
    const changed = { ...record, infoHash, torrentName, seq, stored: 0 }
    this.parts.repository.put(changed)
    Object.assign(publication, { record: changed, state: 'publishing', reason: '', failures: 0 })
    return this.putNow(publication)
  }

  /** Forgets the link and its key. @throws TorrentsError NO_SUCH_PUBLICATION, the database's error */
  remove(id: string): void {
    const publication = this.find(id)
    this.parts.repository.remove(publication.record)
    this.rest(publication)
    this.all.delete(id)
    this.watchers.notify()
  }

  /** Ends every write and timer. */
  stop(): void {
    for (const publication of this.all.values()) this.rest(publication)
  }

  private find(id: string): Publication {
    const publication = this.all.get(id)
    if (!publication) throw new TorrentsError({ code: 'NO_SUCH_PUBLICATION', id })
    return publication
  }

  private keep(record: PublicationRecord): Publication {
    const rest = { failures: 0, seen: 0n, timer: undefined, request: undefined }
    const publication: Publication = { record, state: 'publishing', reason: '', ...rest }
    this.all.set(linkId(record), publication)
    return publication
  }

  private rest(publication: Publication): void {
    publication.timer?.cancel()
    publication.request?.cancel()
    publication.timer = undefined
    publication.request = undefined
  }

  private later(publication: Publication, delay: Millis): void {
    publication.timer?.cancel()
    publication.timer = this.parts.clock.after(delay, () => this.put(publication))
  }

  private putNow(publication: Publication): PublicationRow {
    this.rest(publication)
    this.put(publication)
    return rowOf(linkId(publication.record), publication)
  }

  private put(publication: Publication): void {
    const store = this.parts.store()
    if (typeof store === 'string') {
      if (store === 'off') this.enter(publication, 'failed', OFF)
      else this.enter(publication, 'publishing', JOINING)
      this.later(publication, lookAgainAfter(store))
      return
    }
    if (publication.state === 'failed' || publication.reason !== '') this.enter(publication, 'publishing', '')
    // A look at what others hold may still be under way: one request of each at a time.
    publication.request?.cancel()
    const { seed, salt, infoHash, seq } = publication.record
    const item = signItem(seed, { salt, seq, value: pointerTo(infoHash) })
    publication.request = store.put(item, {}, (report) => {
      publication.request = undefined
      this.written(publication, store, report)
    })
    this.watchers.notify()
  }

  private written(publication: Publication, store: KeyValueStore, { stored, refused }: PutReport): void {
    const { clock, random } = this.parts
    if (stored > 0) {
      publication.failures = 0
      this.record(publication, { ...publication.record, stored, publishedAt: clock.wallTime() })
      this.enter(publication, 'published', '')
      this.later(publication, PUT_PERIOD - random.below(PUT_PERIOD / 10))
      return
    }
    publication.failures++
    const wait = Math.min(RETRY_CEILING, RETRY_STEP * 2 ** Math.min(publication.failures - 1, 10))
    if ((refused.get(SEQ_TOO_LOW) ?? 0) > 0) {
      this.enter(
        publication,
        'failed',
        'A newer version was published with this key elsewhere; publish again to replace it.',
      )
      this.look(publication, store)
    } else {
      const seconds = Math.round(wait / SECOND)
      this.enter(publication, 'failed', `No node of the DHT took the link; tried again by itself in ${seconds} s.`)
    }
    this.later(publication, wait)
  }

  /** Finds out which `seq` others hold, so that the next change goes above it. */
  private look(publication: Publication, store: KeyValueStore): void {
    const { publicKey, salt } = publication.record
    publication.request = store.get(mutableTarget(publicKey, salt).bytes, { salt }, ({ item }) => {
      publication.request = undefined
      if (item?.kind === 'mutable' && item.seq > publication.seen) publication.seen = item.seq
    })
  }

  private record(publication: Publication, record: PublicationRecord): void {
    publication.record = record
    try {
      this.parts.repository.put(record)
    } catch (error) {
      this.parts.log.write('error', 'publication not recorded', { id: linkId(record), code: codeOf(error) })
    }
  }

  private enter(publication: Publication, state: PublicationRow['state'], reason: string): void {
    publication.state = state
    publication.reason = reason
    this.watchers.notify()
  }
}

/** BEP 44: a lower sequence number than the one that is stored. */
const SEQ_TOO_LOW = 302

function rowOf(id: string, { record, state, reason }: Publication): PublicationRow {
  const { publicKey, salt, name, infoHash, torrentName, seq, stored, publishedAt } = record
  return {
    ...{ id, name, seq, state, stored, reason, torrentName },
    magnet: formatMagnet({ mutable: { publicKey, salt }, name }),
    torrent: toHex(infoHash),
    ...(publishedAt === undefined ? {} : { publishedAt }),
  }
}
