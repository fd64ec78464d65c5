import { join } from 'node:path'
import type { TorrentRow } from '#shared/contract/torrents.ts'
import { formatBytes, formatPercent } from '#shared/format.ts'
import { addTorrent } from '../add-torrent.ts'
import { type CommandContext, type CommandHost, command, required } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { followTorrent } from '../follow.ts'
import { interrupted } from '../interrupted.ts'
import { NODE_FLAGS, type NodeOptions, nodeOptions, PEER_FLAG } from '../node-options.ts'
import { Pace } from '../pace.ts'
import { type RunningNode, withEngine } from '../run-engine.ts'
import { openTorrent, requireFolder } from '../torrent-argument.ts'
import { pathOf } from '../values.ts'
import { policyOf, stopped, withHost } from '../with-host.ts'
import { seedingLine, torrentLine } from '../words.ts'

export const seed = command({
  name: 'seed',
  summary: 'share files that are complete, until Ctrl-C',
  positionals: ['FILE'],
  flags: {
    dir: { type: 'string', value: 'DIR', summary: 'the folder that holds the file or folder' },
    ...PEER_FLAG,
    ...NODE_FLAGS,
  },
  examples: ['seed holiday.torrent --dir ~/Pictures --listen 0.0.0.0:6881'],
  run: async ({ positionals, flags }, context) => {
    const directory = pathOf(required(flags.dir, '--dir DIR', 'seed'), context.workingDirectory)
    const node = nodeOptions(flags, { network: context.network, chain: 'off' })
    await withHost(context, policyOf(node), (host) => run(context, host, positionals[0] as string, directory, node))
  },
})

async function run(
  context: CommandContext,
  host: CommandHost,
  file: string,
  directory: string,
  node: NodeOptions,
): Promise<void> {
  const torrent = await openTorrent(context, host.files, file)
  await requireFolder(host.files, directory)
  const temporary = context.profile === undefined ? await context.system.temporaryFolder() : undefined
  const profile = context.profile ?? join(temporary?.path ?? directory, 'profile')
  try {
    await withEngine(context, host, { profile, serve: context.profile !== undefined, node }, async (running) => {
      // Paused until everything is known to be there: nothing is ever written.
      const wish = { torrent, directory, paused: true, useExisting: true as const, node }
      const { id } = await addTorrent(host, running.clients, wish)
      await share(context, host, running, id)
    })
  } finally {
    await temporary?.remove()
  }
}

async function share({ out }: CommandContext, host: CommandHost, running: RunningNode, id: string): Promise<void> {
  const { clients, listening, stop } = running
  const pace = new Pace(host.clock, out.progressPeriod)
  const ending = new AbortController()
  void stopped(stop).then(() => ending.abort(interrupted('Start it again when you like.')))
  const checked = (row: TorrentRow) => {
    if (row.state !== 'checking') return row
    if (pace.due()) out.progress(progressOf(row), torrentLine(row))
    return undefined
  }
  const found = await followTorrent(clients, id, checked, ending.signal)
  if (found.done < found.size) throw incomplete(found)
  await clients.torrents.resume({ id })
  const seeding = (row: TorrentRow) => (row.state === 'seeding' ? row : undefined)
  const { name, size } = await followTorrent(clients, id, seeding, ending.signal)
  const facts = { infoHash: id, name, bytes: size, listen: listening }
  out.event('ready', facts, `Sharing “${name}” (${formatBytes(size)}) at ${listening ?? 'no port'}\nCtrl-C ends it.`)
  const { uploaded } = await untilStopped(out, running, id, pace)
  out.done({ ...facts, uploaded }, `Ended; ${formatBytes(uploaded)} sent.`)
}

/** Says how it goes while somebody takes something. @returns the row as it was last */
async function untilStopped(
  out: CommandContext['out'],
  { clients, stop }: RunningNode,
  id: string,
  pace: Pace,
): Promise<TorrentRow> {
  const ending = new AbortController()
  void stopped(stop).then(() => ending.abort(ending))
  let last: TorrentRow | undefined
  try {
    return await followTorrent<TorrentRow>(
      clients,
      id,
      (row) => {
        const news = last === undefined || row.uploaded !== last.uploaded || row.peers !== last.peers
        if (news && pace.due()) {
          out.progress(progressOf(row), seedingLine(row))
          last = row
        }
        return undefined
      },
      ending.signal,
    )
  } catch (error) {
    if (error !== ending) throw error
    return followTorrent(clients, id, (row) => row)
  }
}

function progressOf({ state, checked, uploaded, upRate, seeds, peers }: TorrentRow) {
  return { state, checked, uploaded, upRate, peers: seeds + peers }
}

function incomplete({ name, done, size, directory }: TorrentRow): CommandError {
  const message = `“${name}” in ${directory} is not complete: ${formatBytes(done)} of ${formatBytes(size)} (${formatPercent(done / size)}) is right. Name the folder that holds it, or use download.`
  return new CommandError({ code: 'INCOMPLETE', done, size }, message)
}
