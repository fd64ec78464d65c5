/**
 * Getting and putting items over the ring.
 *
 * A get asks the owner; where that does not give an item that its hash names, the next three hosts side by side, and then others in
 * place of those that are silent. The best version counts: of a mutable item the owner may have, or show, an older one. The
 * owner, where it lacks it, is given it and copies it to its replicas; where it is silent, each of those asked that lacks it is
 * given it.
 *
 * A put goes to the owner, which answers once a replica has it; where the owner is silent, has left its place or has no room,
 * to the next.
 */

import { itemKey } from '../../items/item.ts'
import { shapeFault } from '../../items/item-rules.ts'
import type { GetReport, Item, PutReport, RunningRequest } from '../../kernel/key-value-store.ts'
import type { ChordContact } from '../contact.ts'
import type { HostAnswer } from '../host-messages.ts'
import type { ChordObserver } from '../overlay.ts'
import { RingId } from '../ring-id.ts'
import { HolderSearch, type SearchParts } from './holder-search.ts'
import { type ItemRead, readItem } from './item-read.ts'
import { REPLICAS } from './places.ts'
import { compareVersions } from './version.ts'

/** Hosts that are tried with a write. */
export const MAX_WRITERS_TRIED = 4
const NO_ROOM = 202
const BAD_TOKEN = 203

type Owned<R> = R & { readonly owners: readonly ChordContact[] }

export function getItem(
  parts: SearchParts,
  target: RingId,
  { salt, ...observer }: ChordObserver & { readonly salt?: Uint8Array },
  done: (report: Owned<GetReport>) => void,
): RunningRequest {
  const reads: ItemRead[] = []
  const begin = (search: HolderSearch) => {
    const [owner] = search.holders
    const end = () => {
      const item = bestOf(reads)
      if (item) repair(search, reads, item, owner)
      const holders = reads.filter((read) => read.item && item && compareVersions(read.item, item) === 0).length
      const { owners, cost } = search.result
      done({ target: target.bytes, item, holders, owners, cost })
    }
    const read = (holder: ChordContact, told: (read: ItemRead | undefined) => void) =>
      readItem(search, holder, { salt }, told)
    if (!owner) {
      end()
      return
    }
    read(owner, (first) => {
      if (first) reads.push(first)
      if (first?.item?.kind === 'immutable') end()
      else
        search.need(1 + REPLICAS, () =>
          askSome<ItemRead>(search.holders.slice(1), REPLICAS, read, (one) => reads.push(one), end),
        )
    })
  }
  return new HolderSearch(parts, target, observer, begin)
}

export function putItem(
  parts: SearchParts,
  item: Item,
  { cas, ...observer }: ChordObserver & { readonly cas?: bigint },
  done: (report: Owned<PutReport>) => void,
): RunningRequest {
  const target = RingId.of(itemKey(item))
  const misshapen = shapeFault(item)
  const begin = (search: HolderSearch) => {
    let tried = 0
    const end = (stored: number, code?: number) => {
      const refused = new Map(code === undefined ? [] : [[code, 1]])
      const { owners, cost } = search.result
      done({ target: target.bytes, stored, refused, owners, cost })
    }
    const written = (answer: HostAnswer | undefined) => {
      if (answer?.kind === 'written') end(answer.stored)
      // One that is no longer ours to write to has learnt of another owner; where one has no room another may.
      else if (answer?.kind === 'refused' && answer.code !== BAD_TOKEN && answer.code !== NO_ROOM) end(0, answer.code)
      else next(answer?.kind === 'refused' ? answer.code : undefined)
    }
    const next = (code?: number) => {
      search.need(tried + 1, () => {
        const holder = tried < MAX_WRITERS_TRIED ? search.holders[tried] : undefined
        tried += 1
        if (holder) writeTo(holder)
        else end(0, code)
      })
    }
    const writeTo = (holder: ChordContact) => {
      search.ask(holder, { kind: 'read', key: target, slot: holder.slot, ...knownOf(item) }, (answer) => {
        if (answer?.kind !== 'read') written(answer)
        else
          search.ask(
            holder,
            { kind: 'write', item, token: answer.token, ...(cas === undefined ? {} : { cas }) },
            written,
          )
      })
    }
    // Nobody would take it, and no message may carry it.
    if (misshapen) end(0, misshapen.code)
    else next()
  }
  return new HolderSearch(parts, target, observer, begin)
}

/**
 * Asks `n` of the contacts at once, and one more for each that gives nothing, until all that were asked have answered. `end` is
 * called once.
 */
export function askSome<T>(
  contacts: readonly ChordContact[],
  n: number,
  ask: (contact: ChordContact, answered: (result: T | undefined) => void) => void,
  take: (result: T) => void,
  end: () => void,
): void {
  const waiting = [...contacts]
  let running = 0
  const start = () => {
    const contact = waiting.shift()
    if (!contact) return
    running += 1
    ask(contact, (result) => {
      running -= 1
      if (result === undefined) start()
      else take(result)
      if (running === 0) end()
    })
  }
  if (waiting.length === 0 || n < 1) {
    end()
    return
  }
  for (let i = 0; i < n; i++) start()
}

function bestOf(reads: readonly ItemRead[]): Item | undefined {
  let best: Item | undefined
  for (const { item } of reads) if (item && (!best || compareVersions(item, best) > 0)) best = item
  return best
}

/** Nobody waits for it. */
function repair(search: HolderSearch, reads: readonly ItemRead[], item: Item, owner: ChordContact | undefined): void {
  const lacking = reads.filter((read) => !read.item || compareVersions(item, read.item) > 0)
  const own = reads.find(({ holder }) => holder === owner)
  for (const { holder, token } of own ? lacking.filter((read) => read === own) : lacking) {
    search.tell(holder, { kind: 'write', item, token })
  }
}

/** An item of that version need not be sent back only for its token. */
function knownOf(item: Item): { readonly seq?: bigint } {
  return item.kind === 'mutable' ? { seq: item.seq } : {}
}
