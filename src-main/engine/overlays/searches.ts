/**
 * Searches that a person watches hop by hop. Those that have ended stay for a while, so that their picture can be looked at.
 * Limits: `MAX_LIVE` at once, `MAX_ENDED` that have ended, and the contract's limits of steps and finds.
 */
import type { SearchState, SearchStep } from '#shared/contract/overlays.ts'
import type { KademliaSearches, LookupObserver } from '../../kademlia/dht.ts'
import type { Candidate } from '../../kademlia/lookup-result.ts'
import type { NodeId } from '../../kademlia/node-id.ts'
import { toHex } from '../../kernel/bytes.ts'
import type { Clock, Millis } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import { formatEndpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import { Watchers } from '../watchers.ts'
import { OverlaysError } from './overlays-error.ts'
import { valueText } from './projections.ts'
import { costOfCandidates, costOfLookup } from './search-cost.ts'

export const MAX_LIVE = 16
export const MAX_ENDED = 32
const MAX_STEPS = 200
const MAX_FOUND = 1_000
const MAX_FOUND_TEXT = 2_000
const ID_BYTES = 8

/** A mutable item by its owner: the target alone does not tell the salt, without which no answer can be checked. */
export interface SoughtItem {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** At most 64 bytes. */
  readonly salt: Uint8Array
}

interface Search {
  readonly id: string
  readonly target: NodeId
  readonly method: SearchState['method']
  /** Of the mutable item that is looked for. */
  readonly item: SoughtItem | undefined
  readonly startedAt: Millis
  readonly watchers: Watchers
  /** In the order of asking; a node that is asked twice is two. They change on their own while it runs. */
  readonly steps: Set<Readonly<Candidate>>
  readonly found: Set<string>
  request: RunningRequest | undefined
  state: SearchState['state']
  result: SearchState['result']
}

export class Searches {
  private readonly clock: Clock
  private readonly random: Random
  private readonly all = new Map<string, Search>()

  constructor(ports: { readonly clock: Clock; readonly random: Random }) {
    this.clock = ports.clock
    this.random = ports.random
  }

  /** @returns its id. @throws OverlaysError TOO_MANY_SEARCHES */
  start(over: KademliaSearches, target: NodeId, method: SearchState['method'], item?: SoughtItem): string {
    const running = [...this.all.values()].filter(({ state }) => state === 'running')
    if (running.length >= MAX_LIVE) throw new OverlaysError({ code: 'TOO_MANY_SEARCHES', limit: MAX_LIVE })
    const search: Search = {
      ...{ id: toHex(this.random.bytes(ID_BYTES)), target, method, item, startedAt: this.clock.now() },
      ...{ watchers: new Watchers(), steps: new Set(), found: new Set() },
      ...{ request: undefined, state: 'running', result: undefined },
    }
    this.all.set(search.id, search)
    search.request = this.begin(over, search)
    return search.id
  }

  /** @throws OverlaysError SEARCH_GONE */
  cancel(id: string): void {
    const search = this.get(id)
    search.request?.cancel()
    this.end(search, 'cancelled')
  }

  /** The nodes are gone: nothing comes any more. */
  cancelAll(): void {
    for (const search of [...this.all.values()]) {
      search.request?.cancel()
      this.end(search, 'cancelled')
    }
  }

  /** @throws OverlaysError SEARCH_GONE */
  read(id: string): SearchState {
    const { target, method, item, state, steps, found, result, startedAt } = this.get(id)
    return {
      ...{ id, overlay: 'kademlia', target: target.toString(), method, state },
      ...(item && { publicKey: toHex(item.publicKey), salt: toHex(item.salt) }),
      steps: [...steps].map((candidate) => searchStep(candidate, startedAt)),
      found: [...found],
      ...(result === undefined ? {} : { result }),
    }
  }

  watch(id: string, changed: () => void): () => void {
    return this.get(id).watchers.add(changed)
  }

  private get(id: string): Search {
    const search = this.all.get(id)
    if (!search) throw new OverlaysError({ code: 'SEARCH_GONE', search: id })
    return search
  }

  private begin(over: KademliaSearches, search: Search): RunningRequest {
    const { target } = search
    const observer = <P>(found: (payload: P) => readonly string[]): LookupObserver<P> => ({
      stepped: (candidate) => this.stepped(search, candidate),
      found: (payload) => this.found(search, found(payload)),
      done: (result) => {
        search.result = costOfLookup(result, this.clock.now() - search.startedAt)
        this.end(search, 'done')
      },
    })
    switch (search.method) {
      case 'find_node':
        return over.findNode(
          target,
          observer<undefined>(() => []),
        )
      case 'get_peers':
        return over.getPeers(
          target,
          {},
          observer(({ peers }) => peers.map(formatEndpoint)),
        )
      case 'sample_infohashes':
        return over.sample(
          target,
          observer(({ samples }) => samples.map(String)),
        )
      case 'get':
        return this.beginGet(over, search)
    }
  }

  private beginGet(over: KademliaSearches, search: Search): RunningRequest {
    const stepped = (candidate: Readonly<Candidate>) => this.stepped(search, candidate)
    const salt = search.item?.salt
    return over.get(search.target, { ...(salt && { salt }), stepped }, ({ item, cost }) => {
      if (item) this.found(search, [valueText(item.value, MAX_FOUND_TEXT)])
      search.result = costOfCandidates(search.target, [...search.steps], cost)
      this.end(search, 'done')
    })
  }

  private stepped(search: Search, candidate: Readonly<Candidate>): void {
    if (search.steps.size < MAX_STEPS) search.steps.add(candidate)
    search.watchers.notify()
  }

  private found(search: Search, texts: readonly string[]): void {
    for (const text of texts) if (search.found.size < MAX_FOUND) search.found.add(text)
    search.watchers.notify()
  }

  private end(search: Search, state: 'done' | 'cancelled'): void {
    if (search.state !== 'running') return
    search.state = state
    search.request = undefined
    search.watchers.notify()
    const ended = [...this.all.values()].filter((other) => other.state !== 'running')
    for (const oldest of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) {
      this.all.delete(oldest.id)
      oldest.watchers.notify()
    }
  }
}

function searchStep(candidate: Readonly<Candidate>, startedAt: Millis): SearchStep {
  const { id, contact, state, hop, from, askedAt, repliedAt } = candidate
  return {
    nodeId: id.toString(),
    address: formatEndpoint(contact.endpoint),
    state: state === 'fresh' ? 'asked' : state,
    hop,
    ...(from === undefined ? {} : { from: from.id.toString() }),
    askedAt: Math.max(0, (askedAt ?? startedAt) - startedAt),
    ...(repliedAt === undefined ? {} : { repliedAt: Math.max(0, repliedAt - startedAt) }),
  }
}
