/**
 * The hosts of this machine, one for each address family, as one ring to others. IPv4 and IPv6 have rings of their own, since
 * neither reaches the other: a search runs once in each, and what they find is joined. Without a node to ask it ends with
 * nothing: `ready` says whether there is one, `watch` when that changes. Where a node is removed in the middle of a search, the
 * search ends with what the other family gives.
 */
import { itemKey } from '../items/item.ts'
import type { RunningRequest } from '../kernel/key-value-store.ts'
import { NodeGroup } from '../rpc/node-group.ts'
import { mergeFound, mergeGets, mergePuts, NO_COST } from './merged-searches.ts'
import type { ChordNodePort, ChordSearches } from './overlay.ts'

export class Chord extends NodeGroup<ChordNodePort> implements ChordSearches {
  get ready(): boolean {
    return this.nodes.some(({ ready }) => ready)
  }

  lookUp(...[target, options, done]: Parameters<ChordSearches['lookUp']>): RunningRequest {
    return this.onEach<Parameters<typeof done>[0]>(
      (node, each) => node.lookUp(target, options, each),
      (results) => done(mergeFound(target, results)),
    )
  }

  peers(...[infoHash, options, done]: Parameters<ChordSearches['peers']>): RunningRequest {
    return this.onEach<Parameters<typeof done>[0]>(
      (node, each) => node.peers(infoHash, options, each),
      (results) => done(mergeFound(infoHash, results)),
    )
  }

  announce(...[infoHash, options, done]: Parameters<ChordSearches['announce']>): RunningRequest {
    return this.onEach<Parameters<typeof done>[0]>(
      (node, each) => node.announce(infoHash, options, each),
      (results) => {
        const stored = results.reduce((sum, result) => sum + result.stored, 0)
        done({ ...mergeFound(infoHash, results), stored })
      },
    )
  }

  put(...[item, options, done]: Parameters<ChordSearches['put']>): RunningRequest {
    return this.onEach<Parameters<typeof done>[0]>(
      (node, each) => node.put(item, options, each),
      ([first, ...others]) => {
        const nothing = { target: itemKey(item), stored: 0, refused: new Map(), owners: [], cost: NO_COST }
        done(first ? mergePuts([first, ...others]) : nothing)
      },
    )
  }

  get(...[target, options, done]: Parameters<ChordSearches['get']>): RunningRequest {
    return this.onEach<Parameters<typeof done>[0]>(
      (node, each) => node.get(target, options, each),
      ([first, ...others]) => {
        const nothing = { target: target.bytes, item: undefined, holders: 0, owners: [], cost: NO_COST }
        done(first ? mergeGets([first, ...others]) : nothing)
      },
    )
  }

  /** Of each family one that has somebody to ask, a member before a client. */
  protected best(): ChordNodePort[] {
    const best = new Map<4 | 6, ChordNodePort>()
    for (const node of this.nodes) {
      const { family } = node.facts
      const isBetter = !best.has(family) || (node.phase === 'member' && best.get(family)?.phase !== 'member')
      if (node.ready && isBetter) best.set(family, node)
    }
    return [...best.values()]
  }
}
