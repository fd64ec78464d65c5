/** The ring as the service `overlays` searches it. */
import type { SearchCost, SearchStep } from '#shared/contract/overlays.ts'
import type { ChordContact } from '../../chord/contact.ts'
import type { ChordSearches, ChordSearchResult, ChordStep } from '../../chord/overlay.ts'
import { RingId } from '../../chord/ring-id.ts'
import { itemKey } from '../../items/item.ts'
import type { Millis } from '../../kernel/clock.ts'
import { assertNever } from '../../kernel/errors.ts'
import type { SearchCost as Cost, RunningRequest } from '../../kernel/key-value-store.ts'
import { formatEndpoint } from '../../kernel/network.ts'
import type { SearchableOverlay, SearchMethod, SearchWatcher } from './searchable.ts'

const MAX_SHOWN = 100

export function searchableChord(chord: ChordSearches): SearchableOverlay {
  return {
    overlay: 'chord',
    methods: ['find_node', 'get_peers', 'get'],
    get ready() {
      return chord.ready
    },
    watch: (changed) => chord.watch(changed),
    lookUp: (target, recursive, done) =>
      chord.lookUp(RingId.of(target), { manner: recursive ? 'recursive' : 'iterative' }, (result) =>
        done(costOfSearch(result)),
      ),
    announce: (target, port, done) =>
      chord.announce(RingId.of(target), { port, seed: false }, (result) => done(costOfSearch(result), result.stored)),
    peers: (target, found, done) =>
      chord.peers(RingId.of(target), { found: (peers) => found(peers.map(formatEndpoint)) }, (result) =>
        done(costOfSearch(result)),
      ),
    put(item, cas, done) {
      const way = new Way()
      const options = { ...(cas === undefined ? {} : { cas }), stepped: way.stepped }
      return chord.put(item, options, ({ stored, refused, cost, owners }) =>
        done({ cost: shown(RingId.of(itemKey(item)), way.to(owners[0]), owners, cost), stored, refused }),
      )
    },
    get(target, salt, done) {
      const way = new Way()
      const id = RingId.of(target)
      return chord.get(id, { salt, stepped: way.stepped }, ({ item, holders, cost, owners }) =>
        done({ cost: shown(id, way.to(owners[0]), owners, cost), item, holders }),
      )
    },
    search: (method, target, salt, watcher) => search(chord, method, RingId.of(target), salt, watcher),
  }
}

function search(
  chord: ChordSearches,
  method: SearchMethod,
  target: RingId,
  salt: Uint8Array | undefined,
  watcher: SearchWatcher,
): RunningRequest {
  const way = new Way()
  const stepped = (step: ChordStep) => {
    way.stepped(step)
    watcher.stepped(step.contact, (startedAt) => searchStep(step, startedAt))
  }
  const done = (result: ChordSearchResult) => watcher.done(costOfSearch(result))
  switch (method) {
    case 'find_node':
      return chord.lookUp(target, { stepped }, done)
    case 'get_peers':
      return chord.peers(target, { stepped, found: (peers) => watcher.found(peers.map(formatEndpoint)) }, done)
    case 'get':
      return chord.get(target, { stepped, ...(salt && { salt }) }, ({ item, cost, owners }) => {
        if (item) watcher.foundValue(item.value)
        watcher.done(shown(target, way.to(owners[0]), owners, cost))
      })
    case 'sample_infohashes':
      throw new RangeError('a ring has no samples')
    default:
      return assertNever(method)
  }
}

/** The steps of a search that does not tell its path. */
class Way {
  private readonly steps = new Map<string, ChordStep>()

  readonly stepped = (step: ChordStep): void => {
    this.steps.set(step.contact.id.key, step)
  }

  /** From the first that was asked to the one given, each named by the one before. */
  to(last: ChordContact | undefined): ChordContact[] {
    const path: ChordContact[] = []
    for (let at = last; at && path.length < MAX_SHOWN; at = this.steps.get(at.id.key)?.from) path.unshift(at)
    return path
  }
}

function costOfSearch({ target, owners, path, cost }: ChordSearchResult): SearchCost {
  return shown(target, path, owners, cost)
}

function shown(
  target: RingId,
  path: readonly ChordContact[],
  owners: readonly ChordContact[],
  { hops, requests, timeouts, took }: Cost,
): SearchCost {
  return {
    ...{ hops, requests, timeouts, took },
    target: target.toString(),
    path: path.slice(0, MAX_SHOWN).map(({ endpoint }) => formatEndpoint(endpoint)),
    closest: owners
      .slice(0, MAX_SHOWN)
      .map(({ id, endpoint }) => ({ nodeId: id.toString(), address: formatEndpoint(endpoint) })),
  }
}

function searchStep({ contact, from, state, hop, askedAt, repliedAt }: ChordStep, startedAt: Millis): SearchStep {
  return {
    nodeId: contact.id.toString(),
    address: formatEndpoint(contact.endpoint),
    ...{ state, hop },
    ...(from === undefined ? {} : { from: from.id.toString() }),
    askedAt: Math.max(0, askedAt - startedAt),
    ...(repliedAt === undefined ? {} : { repliedAt: Math.max(0, repliedAt - startedAt) }),
  }
}
