import { formatBytes, formatPercent, formatPlural } from '#shared/format.ts'
import { type Verification, type VerifiedFile, verifyFiles } from '../../engine/torrents/verify-files.ts'
import { toHex } from '../../kernel/bytes.ts'
import { type CommandContext, command, required } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { interrupted } from '../interrupted.ts'
import { Pace } from '../pace.ts'
import { openTorrent, requireFolder } from '../torrent-argument.ts'
import { pathOf } from '../values.ts'
import { LOCAL_ONLY, withHost } from '../with-host.ts'
import { hashingLine } from '../words.ts'

export const verify = command({
  name: 'verify',
  summary: 'compare files with a .torrent, piece by piece; changes nothing',
  positionals: ['FILE'],
  flags: { dir: { type: 'string', value: 'DIR', summary: 'the folder that holds the file or folder' } },
  examples: ['verify holiday.torrent --dir ~/Downloads'],
  run: async ({ positionals, flags }, context) => {
    const { out, stop } = context
    const directory = pathOf(required(flags.dir, '--dir DIR', 'verify'), context.workingDirectory)
    await withHost(context, LOCAL_ONLY, async (host) => {
      const { metainfo } = await openTorrent(context, host.files, positionals[0] as string)
      await requireFolder(host.files, directory)
      const pace = new Pace(host.clock, out.progressPeriod)
      const since = host.clock.now()
      const progress = (hashed: number, total: number) => {
        if (!pace.due()) return
        const rate = (1_000 * hashed) / Math.max(1, host.clock.now() - since)
        out.progress({ hashed, total, rate }, hashingLine(hashed, total, rate))
      }
      const result = await verifyFiles(host, metainfo, directory, { progress, signal: stop }).catch((error) => {
        throw stop.aborted ? interrupted('Nothing was changed; start it again when you like.') : error
      })
      report(context, result)
      const { done, size, files } = result
      const facts = { infoHash: toHex(metainfo.infoHash), bytes: size, done, files: files.length }
      if (!result.complete) throw incomplete(metainfo.name, result)
      out.done(
        facts,
        `${metainfo.name} is complete: ${formatPlural(files.length, 'file')}, ${formatBytes(size)}, every piece right`,
      )
    })
  },
})

const STATES: Readonly<Record<VerifiedFile['state'], string>> = {
  complete: 'ok',
  damaged: 'damaged',
  'wrong-size': 'wrong size',
  missing: 'missing',
}

function report({ out }: CommandContext, { files }: Verification): void {
  for (const file of files) out.event('file', { ...file }, `${STATES[file.state].padEnd(10)}  ${file.path}`)
}

/** What is lacking, in one sentence. */
export function incomplete(name: string, { files, done, size }: Verification): CommandError {
  const count = (state: VerifiedFile['state'], text: string) => {
    const found = files.filter((file) => file.state === state).length
    return found > 0 ? [`${formatPlural(found, 'file')} ${text}`] : []
  }
  const what = [
    ...count('missing', 'missing'),
    ...count('wrong-size', 'of the wrong size'),
    ...count('damaged', 'damaged'),
  ]
  const share = `${formatBytes(done)} of ${formatBytes(size)} (${formatPercent(size > 0 ? done / size : 1)})`
  return new CommandError(
    { code: 'INCOMPLETE', done, size },
    `“${name}” is not complete: ${share} is right, ${what.join(', ')}. Download it into this folder, or name the right one with --dir.`,
  )
}
