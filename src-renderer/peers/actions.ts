/** What can be done with peers and addresses, and what is said about it afterwards. */
import { useMemo } from 'react'
import { useApp, useToasts } from '../app/context.tsx'
import { sentenceOf } from '../client/client-error.ts'
import { useClients } from '../client/context.tsx'
import type { BanRow, ContactRow, PeerRow } from '../client/types.ts'
import { copyText } from '../ui/copy.tsx'
import { formatPlural } from '../ui/format.ts'
import { hostOf } from './host.ts'

const ALL_TORRENTS = 'all torrents'

/** A peer of a torrent or of the chain: what it is named by, and `host:port`. */
type Connected = Pick<PeerRow, 'id' | 'address'>

export interface PeerActions {
  disconnect(rows: readonly Connected[]): Promise<void>
  /** Bans the addresses of these peers, from torrents and chain alike; the message offers to take it back. */
  ban(rows: readonly Connected[], from?: string): Promise<void>
  unban(rows: readonly BanRow[]): Promise<void>
  copy(texts: readonly string[], what: string): Promise<void>
  /** Shows in the Explorer how a node is reached. */
  lookUp(contact: ContactRow): Promise<void>
}

/** `198.51.100.7` or `3 addresses`. */
const named = (hosts: readonly string[]): string =>
  hosts.length === 1 ? (hosts[0] ?? '') : formatPlural(hosts.length, 'address', 'addresses')

export function usePeerActions(): PeerActions {
  const { peers, overlays } = useClients()
  const done = useToasts((state) => state.done)
  const problem = useToasts((state) => state.problem)
  const showSearch = useApp((state) => state.showSearch)
  return useMemo(() => {
    /** Does one thing to each in turn; what fails is told, the others are done all the same. */
    const toEach = async <Item>(items: readonly Item[], act: (item: Item) => Promise<unknown>): Promise<Item[]> => {
      const good: Item[] = []
      for (const item of items) {
        try {
          await act(item)
          good.push(item)
        } catch (error) {
          problem(sentenceOf(error))
        }
      }
      return good
    }
    const undoBan = (hosts: readonly string[]): Promise<string[]> => toEach(hosts, (host) => peers.unban({ host }))
    const ban = async (hosts: readonly string[], from: string): Promise<void> => {
      const banned = await toEach(hosts, (host) => peers.ban({ host }))
      if (banned.length === 0) return
      done(`Banned ${named(banned)} from ${from}.`, { label: 'Undo', run: () => void undoBan(banned) })
    }
    return {
      async disconnect(rows) {
        const gone = await toEach(rows, ({ id }) => peers.disconnect({ id }))
        if (gone.length > 0) done(`Disconnected ${named(gone.map((row) => row.address))}.`)
      },
      ban: (rows, from = ALL_TORRENTS) => ban([...new Set(rows.map((row) => hostOf(row.address)))], from),
      async unban(rows) {
        const freed = await undoBan(rows.map((row) => row.id))
        if (freed.length > 0)
          done(`${named(freed)} may connect again.`, { label: 'Undo', run: () => void ban(freed, ALL_TORRENTS) })
      },
      async copy(texts, what) {
        if (await copyText(texts.join('\n'))) done(`Copied ${what}.`)
        else problem('The clipboard cannot be written. Try again.')
      },
      async lookUp({ overlay, nodeId }) {
        try {
          const { search } = await overlays.startSearch({ overlay, target: nodeId, method: 'find_node' })
          showSearch(search, overlay)
        } catch (error) {
          problem(sentenceOf(error))
        }
      },
    }
  }, [peers, overlays, done, problem, showSearch])
}
