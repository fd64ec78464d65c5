/** Waiting for what feeds tell. */

import { ClientError } from '#shared/contract/client/client-error.ts'
import type { Clients } from '#shared/contract/index.ts'
import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'
import type { TorrentRow } from '#shared/contract/torrents.ts'
import { CommandError, type TorrentTrouble } from './command-error.ts'

type Feed<Item> = (listener: FeedListener<Item>) => Unsubscribe

/** Resolves with the first thing that `find` makes of a feed's items. @throws what `find` throws; the feed's end; the signal's reason */
export function follow<Item, T>(
  feed: Feed<Item>,
  find: (items: readonly Item[]) => T | undefined,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let over = false
    let end: Unsubscribe = () => {}
    const aborted = () => finish(() => reject(signal?.reason))
    const finish = (settle: () => void) => {
      over = true
      end()
      signal?.removeEventListener('abort', aborted)
      settle()
    }
    if (signal?.aborted) return aborted()
    signal?.addEventListener('abort', aborted)
    const unsubscribe = feed({
      next(items) {
        if (over) return
        try {
          const found = find(items)
          if (found !== undefined) finish(() => resolve(found))
        } catch (error) {
          finish(() => reject(error))
        }
      },
      failed: ({ code, message }) => finish(() => reject(new ClientError(code, message))),
    })
    end = unsubscribe
    if (over) unsubscribe()
  })
}

/** What a feed holds now. */
export function readOnce<Item>(feed: Feed<Item>): Promise<readonly Item[]> {
  return follow(feed, (items) => items)
}

/**
 * Follows one torrent until `find` has found something.
 * @throws CommandError where the torrent stops for a reason of its own; what `find` throws; the signal's reason
 */
export function followTorrent<T>(
  clients: Clients,
  id: string,
  find: (row: TorrentRow) => T | undefined,
  signal?: AbortSignal,
): Promise<T> {
  const rows: Feed<TorrentRow> = (listener) => clients.torrents.rows(undefined, listener)
  return follow(
    rows,
    (all) => {
      const row = all.find((other) => other.id === id)
      if (!row) throw new CommandError({ code: 'NO_SUCH_TORRENT', id }, `Torrent ${id} was removed; add it again.`)
      const trouble = troubleOf(row)
      if (trouble) throw trouble
      return find(row)
    },
    signal,
  )
}

/** What keeps a torrent from going on, with the code that scripts can read. */
export function troubleOf({ state, reason, code }: TorrentRow): CommandError | undefined {
  const named: Partial<Record<TorrentRow['state'], TorrentTrouble>> = {
    'disk-full': 'DISK_FULL',
    'data-missing': 'DATA_MISSING',
    // The disk's own code where it is known, such as NOT_WRITABLE.
    error: (code ?? 'TORRENT_ERROR') as TorrentTrouble,
  }
  const trouble = named[state]
  return trouble && new CommandError({ code: trouble }, reason)
}
