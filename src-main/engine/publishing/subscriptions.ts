/**
 * Links of others whose torrent changes (BEP 46): looked up now and then; a torrent that a newer version points to is
 * added as a magnet in the same folder. The torrent of the version before stays.
 *
 * The store has checked every signature; only a higher `seq` than the one known counts. The newest version is put again
 * each hour, so that the link lives on while its owner is away, as BEP 46 asks of those who follow it.
 * Limits: `MAX_SUBSCRIPTIONS`; one search of each at a time.
 */
import type { SubscriptionRow } from '#shared/contract/torrents.ts'
import { formatMagnet, type Magnet, type MutableSource, parseMagnet } from '../../codec/magnet.ts'
import { mutableTarget } from '../../kademlia/item-target.ts'
import { bytesEqual, toHex } from '../../kernel/bytes.ts'
import { type Clock, HOUR, MINUTE, type Millis, type Timer } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { GetReport, KeyValueStore, MutableItem, RunningRequest } from '../../kernel/key-value-store.ts'
import type { Log } from '../../kernel/log.ts'
import type { Random } from '../../kernel/random.ts'
import type {
  SubscribedVersion,
  SubscriptionRecord,
  SubscriptionRepository,
} from '../../storage/subscription-repository.ts'
import { TorrentsError } from '../torrents/torrents-error.ts'
import { Watchers } from '../watchers.ts'
import { type ItemStore, lookAgainAfter } from './item-store.ts'
import { linkId, pointedTo } from './torrent-pointer.ts'

export const MAX_SUBSCRIPTIONS = 200
/** Up to a fifth sooner by chance. */
export const CHECK_PERIOD: Millis = 30 * MINUTE
/** While nothing was found yet: doubled each time, up to `CHECK_PERIOD`. */
export const RETRY_STEP: Millis = MINUTE
const PUT_AGAIN_AFTER: Millis = HOUR
/** Searches for several links at the start stand so far apart. */
const START_STEP: Millis = 500

const OFF = 'The DHT is off; turn it on in Settings, and the link is looked up by itself.'
const JOINING = 'No node of the DHT is known yet; the link is looked up by itself once there is one.'

export interface SubscriptionsParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly repository: SubscriptionRepository
  readonly store: () => ItemStore
  /** Adds the torrent of a version, unless it is in the list. @throws what the person must be told */
  readonly addMagnet: (
    magnet: Magnet & { readonly infoHash: Uint8Array },
    where: { readonly directory: string; readonly paused: boolean },
  ) => void
}

interface Subscription {
  record: SubscriptionRecord
  readonly link: Magnet
  state: SubscriptionRow['state']
  reason: string
  /** Searches without a result, in a row. */
  failures: number
  /**
   * The newest version whose torrent has been added. Only this one is recorded, so that a torrent that could not be added,
   * or was not before a crash, is added by the next search, after a restart too.
   */
  settled: SubscribedVersion | undefined
  /** When the newest version was put again, monotonic. */
  putAt: Millis | undefined
  timer: Timer | undefined
  request: RunningRequest | undefined
  putting: RunningRequest | undefined
}

export class Subscriptions {
  readonly watchers = new Watchers()
  private readonly parts: SubscriptionsParts
  private readonly all = new Map<string, Subscription>()

  constructor(parts: SubscriptionsParts) {
    this.parts = parts
  }

  /** Takes up those of the last time and begins to look. */
  start(): void {
    const { repository, log } = this.parts
    const { subscriptions, unreadable } = repository.list()
    if (unreadable > 0) log.write('error', 'subscriptions cannot be read', { count: unreadable })
    for (const [index, record] of subscriptions.entries()) {
      try {
        this.later(this.keep(record, parseMagnet(record.uri)), index * START_STEP)
      } catch (error) {
        log.write('error', 'subscription cannot be read', { id: linkId(record), code: codeOf(error) })
      }
    }
  }

  rows(): SubscriptionRow[] {
    return [...this.all].map(([id, subscription]) => rowOf(id, subscription))
  }

  /** Whether the link is followed. */
  has(source: MutableSource): boolean {
    return this.all.has(linkId(source))
  }

  /**
   * Follows a link from now on; one that is followed already is looked up now.
   * @param link with a public key. @returns its id. @throws TorrentsError TOO_MANY_SUBSCRIPTIONS, the database's error
   */
  add(
    link: Magnet & { readonly mutable: MutableSource },
    { directory, paused }: { readonly directory: string; readonly paused: boolean },
  ): string {
    const { publicKey, salt } = link.mutable
    const id = linkId(link.mutable)
    if (this.all.has(id)) {
      this.check(id)
      return id
    }
    if (this.all.size >= MAX_SUBSCRIPTIONS)
      throw new TorrentsError({ code: 'TOO_MANY_SUBSCRIPTIONS', limit: MAX_SUBSCRIPTIONS })
    const uri = formatMagnet(link)
    const record = { publicKey, salt, uri, directory, paused, latest: undefined, checkedAt: undefined }
    this.parts.repository.put(record)
    this.look(this.keep(record, link))
    return id
  }

  /** Looks for a newer version now. @throws TorrentsError NO_SUCH_SUBSCRIPTION */
  check(id: string): void {
    const subscription = this.find(id)
    if (subscription.request) return
    this.look(subscription)
  }

  /** Follows it no more. Its torrents stay. @throws TorrentsError NO_SUCH_SUBSCRIPTION, the database's error */
  remove(id: string): void {
    const subscription = this.find(id)
    this.parts.repository.remove(subscription.record)
    rest(subscription)
    this.all.delete(id)
    this.watchers.notify()
  }

  /** Ends every search and timer. */
  stop(): void {
    for (const subscription of this.all.values()) rest(subscription)
  }

  private find(id: string): Subscription {
    const subscription = this.all.get(id)
    if (!subscription) throw new TorrentsError({ code: 'NO_SUCH_SUBSCRIPTION', id })
    return subscription
  }

  private keep(record: SubscriptionRecord, link: Magnet): Subscription {
    const idle = { timer: undefined, request: undefined, putting: undefined, putAt: undefined }
    const state = record.latest ? 'current' : 'looking'
    const subscription: Subscription = { record, link, state, reason: '', failures: 0, settled: record.latest, ...idle }
    this.all.set(linkId(record), subscription)
    this.watchers.notify()
    return subscription
  }

  private later(subscription: Subscription, delay: Millis): void {
    subscription.timer?.cancel()
    subscription.timer = this.parts.clock.after(delay, () => this.look(subscription))
  }

  private look(subscription: Subscription): void {
    const store = this.parts.store()
    if (typeof store === 'string') {
      this.enter(subscription, subscription.state, store === 'off' ? OFF : JOINING)
      this.later(subscription, lookAgainAfter(store))
      return
    }
    subscription.timer?.cancel()
    const { publicKey, salt } = subscription.record
    if (!subscription.record.latest) this.enter(subscription, 'looking', '')
    subscription.request = store.get(mutableTarget(publicKey, salt).bytes, { salt }, (report) => {
      subscription.request = undefined
      this.found(subscription, store, report)
    })
  }

  private found(subscription: Subscription, store: KeyValueStore, { item }: GetReport): void {
    const { clock, random } = this.parts
    const version = item?.kind === 'mutable' && this.isOf(subscription, item) ? versionOf(item) : undefined
    const { latest } = subscription.record
    const isNewer = version !== undefined && (latest === undefined || version.seq > latest.seq)
    const newest = isNewer ? version : latest
    subscription.record = { ...subscription.record, latest: newest, checkedAt: clock.wallTime() }
    if (version) subscription.failures = 0
    else subscription.failures++
    if (version && newest !== subscription.settled) this.addTorrent(subscription)
    else if (version) this.enter(subscription, 'current', '')
    else this.notFound(subscription, item !== undefined)
    this.keepRecord(subscription)
    this.putAgain(subscription, store)
    const retry = RETRY_STEP * 2 ** Math.min(subscription.failures - 1, 10)
    const wait = subscription.failures > 0 ? Math.min(retry, CHECK_PERIOD) : CHECK_PERIOD
    this.later(subscription, wait - random.below(Math.floor(wait / 5)))
  }

  private isOf({ record }: Subscription, item: MutableItem): boolean {
    return bytesEqual(item.publicKey, record.publicKey) && bytesEqual(item.salt, record.salt)
  }

  private notFound(subscription: Subscription, foreign: boolean): void {
    const why = foreign
      ? 'What stands behind the link names no torrent; ask its owner, it is looked up again by itself.'
      : 'Nobody in the DHT knows the link now; it is looked up again by itself.'
    this.enter(subscription, subscription.record.latest ? 'current' : 'not-found', why)
  }

  private addTorrent(subscription: Subscription): void {
    const { record, link } = subscription
    if (!record.latest) return
    const { infoHash } = record.latest
    try {
      this.parts.addMagnet({ ...link, infoHash, mutable: undefined }, record)
      subscription.settled = record.latest
      this.enter(subscription, 'current', '')
    } catch (error) {
      this.enter(subscription, 'current', messageOf(error))
    }
  }

  private putAgain(subscription: Subscription, store: KeyValueStore): void {
    const { record, putAt, putting } = subscription
    const now = this.parts.clock.now()
    if (!record.latest || putting || (putAt !== undefined && now - putAt < PUT_AGAIN_AFTER)) return
    const { publicKey, salt, latest } = record
    const { seq, value, signature } = latest
    subscription.putAt = now
    subscription.putting = store.put({ kind: 'mutable', publicKey, salt, seq, value, signature }, {}, () => {
      subscription.putting = undefined
    })
  }

  private keepRecord({ record, settled }: Subscription): void {
    try {
      this.parts.repository.put({ ...record, latest: settled })
    } catch (error) {
      this.parts.log.write('error', 'subscription not recorded', { id: linkId(record), code: codeOf(error) })
    }
  }

  private enter(subscription: Subscription, state: SubscriptionRow['state'], reason: string): void {
    subscription.state = state
    subscription.reason = reason
    this.watchers.notify()
  }
}

function rest(subscription: Subscription): void {
  subscription.timer?.cancel()
  subscription.request?.cancel()
  subscription.putting?.cancel()
  subscription.timer = undefined
  subscription.request = undefined
  subscription.putting = undefined
}

function versionOf({ seq, value, signature }: MutableItem): SubscribedVersion | undefined {
  const infoHash = pointedTo(value)
  return infoHash && { infoHash, seq, value, signature }
}

function rowOf(id: string, { record, link, state, reason }: Subscription): SubscriptionRow {
  const { uri, directory, latest, checkedAt } = record
  return {
    ...{ id, name: link.name || id.slice(0, 16), magnet: uri, directory, state, reason },
    ...(latest ? { torrent: toHex(latest.infoHash), seq: latest.seq } : {}),
    ...(checkedAt === undefined ? {} : { checkedAt }),
  }
}
