import { dirname } from 'node:path'
import type { CreationOptions } from '#shared/contract/torrents.ts'
import { formatBytes, formatPieceLength, formatPlural } from '#shared/format.ts'
import { makeTorrent } from '../../engine/torrents/make-torrent.ts'
import { writeTorrentFile } from '../../engine/torrents/torrent-file.ts'
import { toHex } from '../../kernel/bytes.ts'
import { type CommandContext, type CommandHost, command, required } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { Pace } from '../pace.ts'
import { requireFolder } from '../torrent-argument.ts'
import { integerOf, pathOf } from '../values.ts'
import { VERSION } from '../version.ts'
import { LOCAL_ONLY, withHost } from '../with-host.ts'
import { hashingLine } from '../words.ts'

const LARGEST_PIECE = 16 * 1024 * 1024

export const create = command({
  name: 'create',
  summary: 'make a .torrent from a file or folder',
  positionals: ['PATH'],
  flags: {
    output: { type: 'string', short: 'o', value: 'FILE', summary: 'where to write the .torrent; must not exist yet' },
    tracker: { type: 'string', multiple: true, value: 'URL', summary: 'announce address; each is a tier of its own' },
    'web-seed': { type: 'string', multiple: true, value: 'URL', summary: 'HTTP address of the same files (BEP 19)' },
    'piece-size': {
      type: 'string',
      value: 'BYTES',
      summary: 'a power of two, 16384 to 16777216; chosen by size if left out',
    },
    private: { type: 'boolean', summary: 'peers only from its trackers' },
    comment: { type: 'string', value: 'TEXT', summary: 'a note for those who open it' },
    source: { type: 'string', value: 'TEXT', summary: 'sets it apart from other torrents of the same files' },
  },
  examples: ['create holiday/ -o holiday.torrent --tracker http://192.0.2.7:6969/announce'],
  run: async ({ positionals, flags }, context) => {
    const file = pathOf(required(flags.output, '-o FILE', 'create'), context.workingDirectory)
    const pieceSize = flags['piece-size']
    const options: CreationOptions = {
      path: pathOf(positionals[0] as string, context.workingDirectory),
      trackers: flags.tracker.map((url) => [url]),
      webSeeds: [...flags['web-seed']],
      ...(pieceSize !== undefined && {
        pieceLength: integerOf(pieceSize, '--piece-size', { min: 1, max: LARGEST_PIECE }),
      }),
      private: flags.private === true,
      comment: flags.comment ?? '',
      source: flags.source ?? '',
    }
    await withHost(context, LOCAL_ONLY, (host) => run(context, host, options, file))
  },
})

async function run(context: CommandContext, host: CommandHost, options: CreationOptions, file: string): Promise<void> {
  const { out, stop, system } = context
  // Before the hours of hashing.
  await requireFolder(host.files, dirname(file))
  await refuseExisting(host, file)
  const pace = new Pace(host.clock, out.progressPeriod)
  let size = 0
  let since = 0
  const made = await makeTorrent({ ...host, createdBy: `Shoal/${VERSION}`, platform: system.platform }, options, {
    signal: stop,
    planned(plan) {
      size = plan.totalLength
      since = host.clock.now()
      const skipped =
        plan.skipped > 0
          ? `; ${formatPlural(plan.skipped, 'link or special file', 'links and special files')} left out`
          : ''
      const facts = { files: plan.files.length, bytes: size, skipped: plan.skipped }
      out.event('scanned', facts, `${formatPlural(plan.files.length, 'file')}, ${formatBytes(size)}${skipped}`)
    },
    progress(hashed) {
      if (!pace.due()) return
      const rate = (1_000 * hashed) / Math.max(1, host.clock.now() - since)
      const timeLeft = rate > 0 ? (size - hashed) / rate : undefined
      out.progress({ hashed, total: size, rate, timeLeft }, hashingLine(hashed, size, rate))
    },
  })
  await refuseExisting(host, file)
  await writeTorrentFile(host.files, host.random, file, made.torrentBytes)
  const { infoHash, pieceCount, pieceLength, totalLength } = made.metainfo
  const facts = { infoHash: toHex(infoHash), pieces: pieceCount, pieceLength, bytes: totalLength, file }
  const pieces = `${formatPlural(pieceCount, 'piece')} of ${formatPieceLength(pieceLength)}`
  out.done(facts, `${file}\ninfo-hash ${facts.infoHash}, ${pieces}`)
}

async function refuseExisting({ files }: CommandHost, path: string): Promise<void> {
  if ((await files.stat(path)) === undefined) return
  throw new CommandError(
    { code: 'FILES_EXIST', path },
    `${path} is there already; name another file with -o, or remove it.`,
  )
}
