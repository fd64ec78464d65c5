/**
 * Peers of an info-hash over the ring: the owner and the three hosts behind it are asked side by side, and what they know is
 * handed over as it comes. An announcement goes to each of them with the token that its answer gave.
 */
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import type { ChordContact } from '../contact.ts'
import type { HostAnswer } from '../host-messages.ts'
import type { ChordObserver, ChordSearchResult } from '../overlay.ts'
import type { RingId } from '../ring-id.ts'
import { MAX_PEERS_IN_MESSAGE } from '../wire/limits.ts'
import { HolderSearch, type SearchParts } from './holder-search.ts'
import { askSome } from './item-search.ts'
import { REPLICAS } from './places.ts'
import { isPossible } from './store-answers.ts'

type ReadAnswer = Extract<HostAnswer, { readonly kind: 'read' }>

interface Found {
  found?(peers: readonly Endpoint[]): void
}

export function findPeers(
  parts: SearchParts,
  infoHash: RingId,
  { noSeeds = false, found, ...observer }: ChordObserver & Found & { readonly noSeeds?: boolean },
  done: (result: ChordSearchResult) => void,
): RunningRequest {
  const news = new News(found)
  const begin = (search: HolderSearch) => {
    askHolders(
      search,
      { noSeeds, isToWrite: false },
      (_holder, answer) => news.tell(answer),
      () => done(search.result),
    )
  }
  return new HolderSearch(parts, infoHash, observer, begin)
}

export function announcePeer(
  parts: SearchParts,
  infoHash: RingId,
  options: ChordObserver & Found & { readonly port: number | 'implied'; readonly seed: boolean },
  done: (result: ChordSearchResult & { readonly stored: number }) => void,
): RunningRequest {
  const { port, seed, found, ...observer } = options
  const news = new News(found)
  let [stored, open] = [0, 1]
  const begin = (search: HolderSearch) => {
    const over = () => {
      open -= 1
      if (open === 0) done({ ...search.result, stored })
    }
    const announceTo = (holder: ChordContact, { token }: ReadAnswer) => {
      open += 1
      search.ask(holder, { kind: 'announce', infoHash, port, seed, token }, (answer) => {
        if (answer?.kind === 'done') stored += 1
        over()
      })
    }
    const take = (holder: ChordContact, answer: ReadAnswer) => {
      news.tell(answer)
      announceTo(holder, answer)
    }
    askHolders(search, { noSeeds: seed, isToWrite: true }, take, over)
  }
  return new HolderSearch(parts, infoHash, observer, begin)
}

function askHolders(
  search: HolderSearch,
  { noSeeds, isToWrite }: { readonly noSeeds: boolean; readonly isToWrite: boolean },
  take: (holder: ChordContact, answer: ReadAnswer) => void,
  end: () => void,
): void {
  const question = { kind: 'read', key: search.target, peers: { noSeeds } } as const
  const ask = (holder: ChordContact, answered: (result: readonly [ChordContact, ReadAnswer] | undefined) => void) =>
    search.ask(holder, { ...question, ...(isToWrite && { slot: holder.slot }) }, (answer) =>
      answered(answer?.kind === 'read' ? [holder, answer] : undefined),
    )
  const n = 1 + REPLICAS
  search.need(n, () => askSome(search.holders, n, ask, ([holder, answer]) => take(holder, answer), end))
}

/** Tells each peer once. */
class News {
  private readonly known = new Set<string>()
  private readonly found: Found['found']

  constructor(found: Found['found']) {
    this.found = found
  }

  tell({ peers = [] }: ReadAnswer): void {
    const fresh: Endpoint[] = []
    for (const peer of peers.slice(0, MAX_PEERS_IN_MESSAGE)) {
      const name = formatEndpoint(peer)
      if (this.known.has(name) || !isPossible(peer)) continue
      this.known.add(name)
      fresh.push(peer)
    }
    if (fresh.length > 0) this.found?.(fresh)
  }
}
