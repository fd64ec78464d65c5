/**
 * Copies a range of keys from the member that has owned it so far, before another takes its place: items and peers, in pages, the
 * sixteenths of the range side by side. Whatever comes of it the joiner goes on, and repair brings what is missing.
 *
 * Limits: `LONGEST_TRANSFER`, `MAX_PAGES`, `PAGES_AT_ONCE`; a page that does not come is asked for `TRIES` times.
 */

import { itemKey } from '../../items/item.ts'
import { type Clock, type Millis, SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { HostPort, KeyRange } from '../host-messages.ts'
import { RingId } from '../ring-id.ts'
import type { CopiesAnswer } from './copies-page.ts'
import type { ItemShelf } from './item-shelf.ts'
import { isInRange, sixteenths } from './key-range.ts'
import type { PeerShelf } from './peer-shelf.ts'
import { nextOf } from './range-sync.ts'
import { isPossible } from './store-answers.ts'

export const LONGEST_TRANSFER: Millis = 20 * SECOND
/** Some 20 MB. */
export const MAX_PAGES = 16_384
export const PAGES_AT_ONCE = 8
export const TRIES = 2

export interface TransferParts {
  readonly items: ItemShelf
  readonly peers: PeerShelf
  readonly port: HostPort
  readonly clock: Clock
}

interface Page {
  readonly range: KeyRange
  readonly from?: RingId
  readonly tries: number
}

/** `done` is told whether all of it has come; once, never from within. */
export function transfer(
  { items, peers, port, clock }: TransferParts,
  range: KeyRange,
  from: Endpoint,
  done: (isWhole: boolean) => void,
): void {
  const waiting: Page[] = (sixteenths(range) ?? [range]).map((part) => ({ range: part, tries: TRIES }))
  let [running, left] = [0, MAX_PAGES]
  let [isOver, isWhole] = [false, true]
  const end = (whole: boolean) => {
    if (isOver) return
    isOver = true
    limit.cancel()
    done(whole)
  }
  const limit = clock.after(LONGEST_TRANSFER, () => end(false))
  const take = ({ range: asked, from: last }: Page, answer: CopiesAnswer) => {
    keep({ items, peers }, asked, answer, from.host, clock.now())
    const next = nextOf(asked, last, answer.next)
    if (next) waiting.push({ range: asked, from: next, tries: TRIES })
  }
  const pump = () => {
    while (!isOver && running < PAGES_AT_ONCE && waiting.length > 0) {
      if (left === 0) {
        end(false)
        return
      }
      left -= 1
      ask(waiting.pop() as Page)
    }
    if (running === 0) end(isWhole)
  }
  const ask = (page: Page) => {
    running += 1
    const over = (tryAgain: boolean) => {
      running -= 1
      if (isOver) return
      if (tryAgain && page.tries > 1) waiting.push({ ...page, tries: page.tries - 1 })
      else if (tryAgain) isWhole = false
      pump()
    }
    port.ask(
      from,
      { kind: 'copies', range: page.range, ...(page.from ? { from: page.from } : {}) },
      {
        answered: (answer) => {
          if (!isOver && answer.kind === 'copies') take(page, answer)
          over(answer.kind !== 'copies')
        },
        missed: () => over(true),
      },
    )
  }
  pump()
}

/** What is not of the range, or not borne out, is passed over. */
function keep(
  { items, peers }: Pick<TransferParts, 'items' | 'peers'>,
  range: KeyRange,
  page: CopiesAnswer,
  host: string,
  now: Millis,
): void {
  for (const copy of page.items) {
    if (isInRange(range, RingId.of(itemKey(copy.item)))) items.adopt(copy, host, now)
  }
  for (const { infoHash, peers: told } of page.peers) {
    if (!isInRange(range, infoHash)) continue
    for (const { endpoint, seed, age } of told) {
      if (isPossible(endpoint)) peers.adopt(infoHash, { endpoint, seed, announcedAt: now - age * SECOND }, now, host)
    }
  }
}
