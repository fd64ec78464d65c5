/** Gives a host of the laboratory the store of keys that Shoal's hosts have. */
import { ChordLookup } from '../../chord/lookup.ts'
import { runLookup } from '../../chord/lookup-runner.ts'
import type { ChordSearchResult } from '../../chord/overlay.ts'
import type { RingId } from '../../chord/ring-id.ts'
import { ChordStore } from '../../chord/store/chord-store.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import { silentLog } from '../../kernel/log.ts'
import type { ChordHost, Directory } from './chord-host.ts'

export function storeOf(host: ChordHost, directory: Directory): ChordStore {
  const { clock, random } = host.host
  return new ChordStore({
    ...{ clock, random, log: silentLog, port: host.port },
    members: () => host.members,
    isOwn: (endpoint) => endpoint.host === host.endpoint.host,
    isMember: (endpoint) => (directory.hostAt(endpoint)?.members.length ?? 0) > 0,
    proven() {},
    lookUp: (target, _observer, done) => lookUp(host, directory, target, done),
  })
}

/** From what its own virtual nodes know. */
function lookUp(
  host: ChordHost,
  directory: Directory,
  target: RingId,
  done: (result: ChordSearchResult) => void,
): RunningRequest {
  const { clock } = host.host
  const startedAt = clock.now()
  let isCancelled = false
  clock.after(0, () => {
    const own = host.nearestBefore(target)
    const start = own ? { self: own.self, known: own.member.route(target) } : { contacts: [] }
    const lookup = new ChordLookup({ target, admits: (contact) => directory.admits(contact) }, start)
    const port = own?.port ?? { ask: () => {} }
    runLookup(lookup, port, ({ successors: owners, path, hops, requests, timeouts }) => {
      if (isCancelled) return
      done({ target, owners, path, cost: { hops, requests, timeouts, took: clock.now() - startedAt } })
    })
  })
  return {
    cancel: () => {
      isCancelled = true
    },
  }
}
