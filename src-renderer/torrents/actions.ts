/** What can be done with torrents, and what is said about it afterwards. */
import { useMemo } from 'react'
import type { Clients } from '#shared/contract/index.ts'
import { useAppStore, useToasts } from '../app/context.tsx'
import { sentenceOf } from '../client/client-error.ts'
import { useClients } from '../client/context.tsx'
import type { TorrentRow } from '../client/types.ts'
import { copyText } from '../ui/copy.tsx'
import { formatPlural } from '../ui/format.ts'

export type Rows = readonly TorrentRow[]
type One = (id: string) => Promise<void>

export interface TorrentActions {
  pause(rows: Rows): Promise<void>
  resume(rows: Rows): Promise<void>
  recheck(rows: Rows): Promise<void>
  openFolder(row: TorrentRow): Promise<void>
  saveTorrentFile(row: TorrentRow): Promise<void>
  /** Puts the links of all on the clipboard, one a line. */
  copyMagnets(rows: Rows): Promise<void>
  askPublish(row: TorrentRow): void
  askRemove(rows: Rows): void
  /** Lets a person choose a .torrent, then asks about it. */
  chooseAndAdd(): Promise<void>
  askMagnet(): void
  askCreate(): void
}

export const canPause = (row: TorrentRow): boolean => row.state !== 'paused'
/** A paused one goes on; one in trouble is tried again. */
export const canResume = (row: TorrentRow): boolean => groupNeedsResume.has(row.state)
const groupNeedsResume: ReadonlySet<TorrentRow['state']> = new Set(['paused', 'error', 'disk-full', 'data-missing'])

/** `Paused “Name”.` or `Paused 3 torrents.` */
export function said(verb: string, rows: Rows): string {
  const [first] = rows
  return rows.length === 1 && first ? `${verb} “${first.name}”.` : `${verb} ${formatPlural(rows.length, 'torrent')}.`
}

/** Does one thing to each, all in turn; returns the sentences of those that failed. */
export async function toEach(rows: Rows, act: One): Promise<readonly string[]> {
  const failures: string[] = []
  for (const row of rows) {
    try {
      await act(row.id)
    } catch (error) {
      failures.push(sentenceOf(error))
    }
  }
  return failures
}

export function useTorrentActions(): TorrentActions {
  const clients = useClients()
  const app = useAppStore()
  const done = useToasts((state) => state.done)
  const problem = useToasts((state) => state.problem)
  return useMemo(() => {
    const report = async (rows: Rows, verb: string, act: One): Promise<void> => {
      if (rows.length === 0) return
      const failures = await toEach(rows, act)
      if (failures.length > 0) problem(failed(failures, rows.length))
      else done(said(verb, rows))
    }
    const attempt = async (act: () => Promise<void>): Promise<void> => {
      try {
        await act()
      } catch (error) {
        problem(sentenceOf(error))
      }
    }
    const { torrents } = clients
    return {
      pause: (rows) => report(rows.filter(canPause), 'Paused', (id) => torrents.pause({ id })),
      resume: (rows) => report(rows.filter(canResume), 'Resumed', (id) => torrents.resume({ id })),
      recheck: (rows) =>
        report(
          rows.filter(({ state }) => state !== 'fetching-metadata'),
          'Checking',
          (id) => torrents.recheck({ id }),
        ),
      openFolder: (row) => attempt(() => clients.app.showTorrentFolder({ id: row.id })),
      saveTorrentFile: (row) => attempt(() => saveTorrentFile(clients, row, done)),
      copyMagnets: (rows) => attempt(() => copyMagnets(clients, rows, done)),
      askPublish(row) {
        app.getState().ask({ kind: 'publish', row })
      },
      askMagnet() {
        app.getState().ask({ kind: 'magnet', text: '' })
      },
      askRemove(rows) {
        if (rows.length > 0) app.getState().ask({ kind: 'remove', rows })
      },
      chooseAndAdd: () =>
        attempt(async () => {
          const { path } = await clients.app.chooseTorrentFile()
          if (path !== undefined) app.getState().ask({ kind: 'add', source: { path }, origin: path })
        }),
      askCreate() {
        app.getState().ask({ kind: 'create', path: '' })
      },
    }
  }, [clients, app, done, problem])
}

function failed(failures: readonly string[], all: number): string {
  const [first = ''] = failures
  if (all === 1) return first
  return `${failures.length} of ${formatPlural(all, 'torrent')} failed. ${first}`
}

async function saveTorrentFile(clients: Clients, row: TorrentRow, done: (text: string) => void): Promise<void> {
  const { path } = await clients.app.chooseSavePath({
    title: 'Save the .torrent',
    name: `${row.name.slice(0, 200)}.torrent`,
  })
  if (path === undefined) return
  await clients.torrents.saveTorrentFile({ id: row.id, file: path })
  done(`Saved ${path}.`)
}

async function copyMagnets(clients: Clients, rows: Rows, done: (text: string) => void): Promise<void> {
  const [first] = rows
  if (!first) return
  const links: string[] = []
  for (const { id } of rows) links.push((await clients.torrents.magnet({ id })).magnet)
  if (!(await copyText(links.join('\n')))) throw new Error('The clipboard cannot be written. Try again.')
  const whose = rows.length === 1 ? `magnet link of “${first.name}”` : formatPlural(rows.length, 'magnet link')
  done(`Copied the ${whose}.`)
}
