/**
 * Downloads a .torrent or what a magnet link stands for. Without `--profile`, what is needed to go on after a stop is kept in a hidden folder beside the data and removed when
 * the download is complete; so it goes on after kill -9 without a check, and what others put there is never taken for ours.
 */
import { join } from 'node:path'
import type { SubscriptionRow, TorrentRow } from '#shared/contract/torrents.ts'
import { formatBytes, formatDuration, formatRate } from '#shared/format.ts'
import { toHex } from '../../kernel/bytes.ts'
import { SECOND } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import { addMagnet } from '../add-magnet.ts'
import { type AddedTorrent, addTorrent } from '../add-torrent.ts'
import { type CommandContext, type CommandHost, command, required, TimedOut } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { followTorrent } from '../follow.ts'
import { interrupted } from '../interrupted.ts'
import { NODE_FLAGS, type NodeOptions, nodeOptions, PEER_FLAG } from '../node-options.ts'
import { Pace } from '../pace.ts'
import { type RunningNode, withEngine } from '../run-engine.ts'
import { type NamedSource, openSource } from '../torrent-argument.ts'
import { integerOf, pathOf } from '../values.ts'
import { policyOf, stopped, withHost } from '../with-host.ts'
import { linkLine, torrentLine } from '../words.ts'

const LONGEST_SECONDS = 10_000_000
const IT_GOES_ON = 'What is there is kept; the same command goes on with it.'

interface Wish {
  readonly source: string
  readonly directory: string
  readonly timeout: number | undefined
  readonly seedFor: number
  readonly useExisting: true | 'when-right'
  readonly node: NodeOptions
}

export const download = command({
  name: 'download',
  summary: 'download a torrent or magnet link into a folder',
  positionals: ['SOURCE'],
  flags: {
    dir: { type: 'string', value: 'DIR', summary: 'the folder to download into; made where it is missing' },
    ...PEER_FLAG,
    timeout: { type: 'string', value: 'S', summary: 'give up after so many seconds, with exit status 3' },
    'seed-for': { type: 'string', value: 'S', summary: 'share for so many seconds once it is complete' },
    'use-existing': { type: 'boolean', summary: 'write over files that are there and differ' },
    ...NODE_FLAGS,
  },
  examples: [
    'download holiday.torrent --dir ~/Downloads',
    "download 'magnet:?xt=urn:btih:…' --dir ~/Downloads",
    'download a.torrent --dir . --peer 127.0.0.1:6881 --offline',
  ],
  run: async ({ positionals, flags }, context) => {
    const bounds = { min: 1, max: LONGEST_SECONDS }
    const wish: Wish = {
      source: positionals[0] as string,
      directory: pathOf(required(flags.dir, '--dir DIR', 'download'), context.workingDirectory),
      timeout: flags.timeout === undefined ? undefined : integerOf(flags.timeout, '--timeout', bounds),
      seedFor: flags['seed-for'] === undefined ? 0 : integerOf(flags['seed-for'], '--seed-for', { ...bounds, min: 0 }),
      useExisting: flags['use-existing'] === true ? true : 'when-right',
      node: nodeOptions(flags, { network: context.network, chain: 'off' }),
    }
    await withHost(context, policyOf(wish.node), (host) => run(context, host, wish))
  },
})

async function run(context: CommandContext, host: CommandHost, wish: Wish): Promise<void> {
  const { directory, node } = wish
  const source = await openSource(context, host.files, wish.source)
  await host.files.makeDirectory(directory).catch((error) => {
    throw notWritable(directory, error)
  })
  const kept = join(directory, `.shoal-${keyOf(source)}`)
  const profile = context.profile ?? kept
  const serve = context.profile !== undefined
  const seen: Seen = { name: source.kind === 'torrent' ? source.torrent.metainfo.name : undefined }
  let complete = false
  try {
    await withEngine(context, host, { profile, serve, node }, async (running) => {
      await receive(context, host, running, source, wish, seen)
      complete = true
    }).catch((error) => {
      throw codeOf(error) === 'PROFILE_UNUSABLE' && profile === kept ? notWritable(directory, error.cause) : error
    })
  } finally {
    const nothingThere =
      seen.name === undefined ||
      (await host.files.stat(join(directory, seen.name)).catch(() => undefined)) === undefined
    if (profile === kept && (complete || nothingThere)) await context.system.removeFolder(kept)
  }
}

/** What the torrent writes in the folder; undefined until a magnet's metadata has come. */
interface Seen {
  name: string | undefined
}

/** Names what is downloaded, so that the same command goes on with it. */
function keyOf(source: NamedSource): string {
  if (source.kind === 'torrent') return toHex(source.torrent.metainfo.infoHash)
  const { infoHash, mutable } = source.magnet
  return toHex(infoHash ?? mutable?.publicKey ?? new Uint8Array())
}

async function receive(
  context: CommandContext,
  host: CommandHost,
  { clients, stop }: RunningNode,
  source: NamedSource,
  wish: Wish,
  seen: Seen,
): Promise<void> {
  const { out } = context
  const { clock } = host
  const { timeout, seedFor, directory } = wish
  const began = clock.now()
  const ending = new AbortController()
  const timer = timeout && clock.after(timeout * SECOND, () => ending.abort(tooLate(timeout)))
  const pace = new Pace(clock, out.progressPeriod)
  const done = (row: TorrentRow) => {
    if (row.state !== 'fetching-metadata') seen.name = row.name
    if (row.state === 'seeding' || pace.due()) out.progress(progressOf(row), torrentLine(row))
    return row.state === 'seeding' ? row : undefined
  }
  void stopped(stop).then(() => ending.abort(interrupted(IT_GOES_ON)))
  let row: TorrentRow
  let added: AddedTorrent
  try {
    added =
      source.kind === 'torrent'
        ? await addTorrent(host, clients, { ...wish, torrent: source.torrent, paused: false })
        : await addMagnet(
            host.resolver,
            clients,
            { ...wish, ...source, useExisting: wish.useExisting === true },
            ending.signal,
            (link) => pace.due() && out.progress(lookingUp(link), linkLine(link)),
          )
    row = await followTorrent(clients, added.id, done, ending.signal)
  } finally {
    if (timer) timer.cancel()
  }
  const seconds = (clock.now() - began) / SECOND
  const downloaded = row.downloaded - added.downloadedBefore
  const facts = { infoHash: added.id, name: row.name, bytes: row.size, downloaded, seconds, directory }
  if (seedFor > 0) await share(out, clock, stop, seedFor, facts)
  const rate = seconds > 0 ? downloaded / seconds : 0
  const text = `${join(directory, row.name)} is complete: ${formatBytes(row.size)} in ${formatDuration(seconds)} (${formatRate(rate)})`
  out.done(facts, text)
}

async function share(
  out: CommandContext['out'],
  clock: CommandHost['clock'],
  stop: AbortSignal,
  seconds: number,
  facts: object,
): Promise<void> {
  out.event('complete', { ...facts }, `Complete. Sharing for ${formatDuration(seconds)}; Ctrl-C ends it.`)
  const over = new AbortController()
  const timer = clock.after(seconds * SECOND, () => over.abort())
  await stopped(AbortSignal.any([stop, over.signal]))
  timer.cancel()
}

function lookingUp({ state, reason }: SubscriptionRow) {
  return { state, reason, downloaded: 0, total: 0, downRate: 0, peers: 0 }
}

function progressOf(row: TorrentRow) {
  const { done, selected, downRate, upRate, seeds, peers, timeLeft, state, checked, reason, metadata } = row
  return {
    downloaded: done,
    total: selected,
    downRate,
    upRate,
    peers: seeds + peers,
    seeds,
    timeLeft,
    state,
    checked,
    reason,
    metadata,
  }
}

function tooLate(seconds: number): TimedOut {
  const message = `Not complete after ${formatDuration(seconds)}. ${IT_GOES_ON}`
  return new TimedOut({ code: 'TIMED_OUT', seconds }, message)
}

function notWritable(path: string, cause: unknown): CommandError {
  const message = `The folder ${path} cannot be written (${codeOf(cause)}); choose another with --dir, or allow writing there.`
  return new CommandError({ code: 'NOT_WRITABLE', path }, message, { cause })
}
