/** What a search has cost and where it led, as the contract says it. Pure. */
import type { SearchCost } from '#shared/contract/overlays.ts'
import type { Contact } from '../../kademlia/contact.ts'
import { type Candidate, type LookupResult, pathTo } from '../../kademlia/lookup-result.ts'
import { closest, compareDistance, type NodeId } from '../../kademlia/node-id.ts'
import type { Millis } from '../../kernel/clock.ts'
import type { SearchCost as Cost } from '../../kernel/key-value-store.ts'
import { formatEndpoint } from '../../kernel/network.ts'

const MAX_SHOWN = 100
/** Of those that answered, where the search itself does not say which are its result. */
const NEAREST = 8

export function costOfLookup<P>(result: LookupResult<P>, took: Millis): SearchCost {
  const { target, hops, requests, timeouts, path, closest: nearest } = result
  return { ...{ hops, requests, timeouts, took }, ...shown(target, path, nearest) }
}

/** Of a search that tells its steps and its cost, but not its path. */
export function costOfCandidates(target: NodeId, asked: readonly Readonly<Candidate>[], cost: Cost): SearchCost {
  const replied = asked.filter(({ state }) => state === 'replied')
  const [first] = [...replied].sort((a, b) => compareDistance(a.id, b.id, target))
  // A node may have answered twice.
  const contacts = closest([...new Set(replied.map(({ contact }) => contact))], target, NEAREST)
  return { ...costOf(cost), ...shown(target, pathTo(first), contacts) }
}

/** Of a write: to whom it was offered. */
export function costOfWrite(target: NodeId, offered: readonly Contact[], cost: Cost): SearchCost {
  return { ...costOf(cost), ...shown(target, [], offered) }
}

function costOf({ hops, requests, timeouts, took }: Cost): Omit<SearchCost, 'target' | 'path' | 'closest'> {
  return { hops, requests, timeouts, took }
}

function shown(target: NodeId, path: readonly Contact[], nearest: readonly Contact[]) {
  return {
    target: target.toString(),
    path: path.slice(0, MAX_SHOWN).map(({ endpoint }) => formatEndpoint(endpoint)),
    closest: nearest
      .slice(0, MAX_SHOWN)
      .map(({ id, endpoint }) => ({ nodeId: id.toString(), address: formatEndpoint(endpoint) })),
  }
}
