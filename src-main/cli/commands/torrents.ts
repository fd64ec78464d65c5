import type { Clients } from '#shared/contract/index.ts'
import { MAX_FILES, type TorrentDetail, type TorrentRow, type TorrentSource } from '#shared/contract/torrents.ts'
import { formatBytes, formatPercent, formatRate } from '#shared/format.ts'
import { parseFileRanges } from '../../codec/magnet-files.ts'
import { type CommandContext, command, type Flags, UsageError, type ValuesOf } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { readOnce } from '../follow.ts'
import { withRunning } from '../profile-client.ts'
import { isMagnet, torrentPath } from '../torrent-argument.ts'
import { pathOf } from '../values.ts'
import { type Column, cut, fractionOf, isUnknown, table } from '../words.ts'
import { detailText, magnetRowText } from './torrent-detail.ts'

const FLAGS = {
  dir: { type: 'string', value: 'DIR', summary: 'add: the folder to download into; else the one in settings' },
  paused: { type: 'boolean', summary: 'add: do not start it' },
  'use-existing': { type: 'boolean', summary: 'add: check files that are there and use what is right of them' },
  peer: { type: 'string', multiple: true, value: 'IP:PORT', summary: 'add: a peer to connect to' },
  files: { type: 'string', value: 'N,N-M', summary: 'add, select: numbers of the files that are wanted, from 0' },
  trash: { type: 'boolean', summary: 'remove: move the downloaded files to the trash as well' },
} as const satisfies Flags

interface Line {
  readonly args: readonly string[]
  readonly flags: ValuesOf<typeof FLAGS>
}
type Action = (clients: Clients, line: Line, context: CommandContext) => Promise<void>

export const torrents = command({
  name: 'torrents',
  summary: 'the torrents of the Shoal that runs on the profile',
  positionals: ['list|add|info|magnet|select|pause|resume|recheck|remove', '[FILE|MAGNET|ID…]'],
  flags: FLAGS,
  examples: [
    'torrents list',
    'torrents add a.torrent --dir ~/Downloads',
    "torrents add 'magnet:?xt=urn:btih:…'",
    'torrents magnet 3f2a',
    'torrents select 3f2a --files 0,4-7',
    'torrents pause 3f2a',
    'torrents remove 3f2a --trash',
  ],
  run: async ({ positionals: [name = '', ...args], flags }, context) => {
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name as keyof typeof ACTIONS] : undefined
    if (!action) throw new UsageError(`There is no "torrents ${name}"; use ${Object.keys(ACTIONS).join(', ')}.`)
    checkCount(name, args.length)
    if (name === 'add') for (const text of args) sourceOf(text, context.workingDirectory)
    if (name === 'select' && flags.files === undefined)
      throw new UsageError('Use: shoal torrents select ID --files 0,4-7')
    if (flags.files !== undefined) fileNumbers(flags.files)
    await withRunning(context, (clients) => action(clients, { args, flags }, context))
  },
})

const ACTIONS = {
  list,
  add,
  info,
  magnet,
  select: each('selected', (clients, id, { flags }) =>
    clients.torrents.selectFiles({ id, files: fileNumbers(flags.files ?? '') }),
  ),
  pause: each('paused', (clients, id) => clients.torrents.pause({ id })),
  resume: each('resumed', (clients, id) => clients.torrents.resume({ id })),
  recheck: each('checking', (clients, id) => clients.torrents.recheck({ id })),
  remove: each('removed', (clients, id, { flags }) =>
    clients.torrents.remove({ id, data: flags.trash === true ? 'trash' : 'keep' }),
  ),
} satisfies Readonly<Record<string, Action>>

function checkCount(name: string, count: number): void {
  if (name === 'list' && count > 0) throw new UsageError('"torrents list" takes no arguments.')
  if ((name === 'info' || name === 'magnet') && count !== 1) throw new UsageError(`Use: shoal torrents ${name} ID`)
  if (name !== 'list' && count === 0)
    throw new UsageError(`Use: shoal torrents ${name} ${name === 'add' ? 'FILE|MAGNET' : 'ID'} …`)
}

const COLUMNS: readonly Column<TorrentRow>[] = [
  { title: 'ID', align: 'left', cell: ({ id }) => id.slice(0, 8) },
  { title: 'STATE', align: 'left', cell: ({ state }) => state },
  { title: 'DONE', align: 'right', cell: (row) => (isUnknown(row) ? '' : formatPercent(fractionOf(row))) },
  { title: 'SIZE', align: 'right', cell: (row) => (isUnknown(row) ? '' : formatBytes(row.size)) },
  { title: 'DOWN', align: 'right', cell: ({ downRate }) => formatRate(downRate) },
  { title: 'UP', align: 'right', cell: ({ upRate }) => formatRate(upRate) },
  { title: 'PEERS', align: 'right', cell: ({ seeds, peers }) => String(seeds + peers) },
  { title: 'NAME', align: 'left', cell: ({ name }) => cut(name, 60) },
]

async function list(clients: Clients, _line: Line, { out }: CommandContext): Promise<void> {
  const rows = await rowsOf(clients)
  for (const row of rows) out.event('row', row)
  out.done(
    { torrents: rows.length },
    rows.length > 0 ? table(COLUMNS, rows) : 'No torrents yet. Add one: shoal torrents add FILE|MAGNET',
  )
}

async function add(clients: Clients, { args, flags }: Line, context: CommandContext): Promise<void> {
  const here = context.workingDirectory
  const directory = flags.dir === undefined ? (await clients.settings.get()).downloadDirectory : pathOf(flags.dir, here)
  const ids: string[] = []
  for (const text of args) {
    const { id, subscription } = await clients.torrents.add({
      source: sourceOf(text, here),
      directory,
      paused: flags.paused === true,
      useExisting: flags['use-existing'] === true,
      peers: [...flags.peer],
      ...(flags.files !== undefined && { files: fileNumbers(flags.files) }),
    })
    if (id !== undefined) ids.push(id)
    const what = id === undefined ? `following ${subscription}; its torrent is added once it is found` : `added ${id}`
    context.out.event('added', { id, subscription, source: text }, what)
  }
  context.out.done({ id: ids[0], ids }, '')
}

/** A path or a magnet link, as the contract takes it. @throws UsageError */
function sourceOf(text: string, workingDirectory: string): TorrentSource {
  return isMagnet(text) ? { magnet: text.trim() } : { path: torrentPath(text, workingDirectory) }
}

/** `0,4-7` as numbers. @throws UsageError */
function fileNumbers(text: string): number[] {
  const ranges = text === '' ? [] : parseFileRanges(text)
  const count = ranges?.reduce((sum, { first, last }) => sum + last - first + 1, 0) ?? Number.POSITIVE_INFINITY
  if (!ranges || count > MAX_FILES)
    throw new UsageError(`--files: "${text}" is no list of files; write it like 0,4-7 (see: shoal torrents info ID).`)
  return ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, n) => first + n))
}

async function magnet(clients: Clients, { args }: Line, { out }: CommandContext): Promise<void> {
  const id = await idOf(clients, args[0] as string)
  const { magnet: link } = await clients.torrents.magnet({ id })
  out.done({ id, magnet: link }, link)
}

async function info(clients: Clients, { args }: Line, { out }: CommandContext): Promise<void> {
  const id = await idOf(clients, args[0] as string)
  const row = (await rowsOf(clients)).find((other) => other.id === id)
  if (row && isUnknown(row)) return out.done({ ...row }, magnetRowText(row))
  const [detail] = await readOnce<TorrentDetail>((listener) => clients.torrents.detail({ id }, listener))
  if (!row || !detail) throw new CommandError({ code: 'NO_SUCH_TORRENT', id }, `Torrent ${id} has just been removed.`)
  out.done({ ...row, ...detail }, detailText(row, detail))
}

/** The same for each torrent that is named. */
function each(word: string, act: (clients: Clients, id: string, line: Line) => Promise<void>): Action {
  return async (clients, line, { out }) => {
    const ids: string[] = []
    for (const text of line.args) ids.push(await idOf(clients, text))
    for (const id of ids) {
      await act(clients, id, line)
      out.event(word, { id }, `${word} ${id}`)
    }
    out.done({ id: ids[0], ids }, '')
  }
}

function rowsOf(clients: Clients): Promise<readonly TorrentRow[]> {
  return readOnce((listener) => clients.torrents.rows(undefined, listener))
}

/** A torrent by its id or a start of it that no other has. @throws CommandError */
async function idOf(clients: Clients, text: string): Promise<string> {
  const id = text.toLowerCase()
  const found = (await rowsOf(clients)).filter((row) => row.id.startsWith(id))
  if (found.length === 1) return (found[0] as TorrentRow).id
  if (found.length === 0 || id === '')
    throw new CommandError(
      { code: 'NO_SUCH_TORRENT', id },
      `No torrent begins with "${text}"; see: shoal torrents list`,
    )
  const message = `${found.length} torrents begin with "${text}"; give more of the id.`
  throw new CommandError({ code: 'AMBIGUOUS_ID', id }, message)
}
