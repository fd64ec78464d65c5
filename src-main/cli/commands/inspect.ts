import { formatBytes, formatDateTime, formatPieceLength, formatPlural } from '#shared/format.ts'
import { formatMagnet } from '../../codec/magnet.ts'
import type { TorrentFile } from '../../engine/torrents/torrent-file.ts'
import { toHex } from '../../kernel/bytes.ts'
import { command } from '../command.ts'
import { magnetFacts, magnetText } from '../magnet-facts.ts'
import { openSource } from '../torrent-argument.ts'
import { LOCAL_ONLY, withHost } from '../with-host.ts'

/** Files that are listed for people; programs get all. */
const MAX_LISTED = 40

export const inspect = command({
  name: 'inspect',
  summary: 'show what is in a .torrent or a magnet link',
  positionals: ['FILE|MAGNET'],
  flags: { magnet: { type: 'boolean', summary: 'only the magnet link of the torrent' } },
  examples: ['inspect holiday.torrent', "inspect 'magnet:?xt=urn:btih:…' --json"],
  run: async ({ positionals, flags }, context) => {
    const source = await withHost(context, LOCAL_ONLY, ({ files }) =>
      openSource(context, files, positionals[0] as string),
    )
    if (source.kind === 'magnet') return context.out.done(magnetFacts(source.magnet), magnetText(source.magnet))
    const facts = factsOf(source.torrent)
    context.out.done(facts, flags.magnet === true ? facts.magnet : textOf(facts))
  },
})

type Facts = ReturnType<typeof factsOf>

function factsOf({ metainfo }: TorrentFile) {
  const files = metainfo.files.filter(({ padding }) => !padding)
  return {
    infoHash: toHex(metainfo.infoHash),
    magnet: formatMagnet({
      ...{
        infoHash: metainfo.infoHash,
        name: metainfo.name,
        trackers: metainfo.trackers.flat(),
        webSeeds: metainfo.webSeeds,
      },
    }),
    name: metainfo.name,
    bytes: metainfo.totalLength,
    files: files.map(({ path, length }) => ({ path: path.join('/'), size: length })),
    fileCount: files.length,
    pieces: metainfo.pieceCount,
    pieceLength: metainfo.pieceLength,
    private: metainfo.private,
    trackers: metainfo.trackers,
    webSeeds: metainfo.webSeeds,
    comment: metainfo.comment,
    createdBy: metainfo.createdBy,
    createdAt: metainfo.creationDate === undefined ? undefined : metainfo.creationDate * 1_000,
    source: metainfo.source,
    renamed: metainfo.renamed,
  }
}

function textOf(facts: Facts): string {
  const { files, fileCount, trackers } = facts
  const lines: [string, string][] = [
    ['name', facts.name],
    ['info-hash', facts.infoHash],
    ['size', `${formatBytes(facts.bytes)} in ${formatPlural(fileCount, 'file')}`],
    ['pieces', `${formatPlural(facts.pieces, 'piece')} of ${formatPieceLength(facts.pieceLength)}`],
    ...(facts.private ? [['private', 'peers only from its trackers'] as [string, string]] : []),
    ...trackers.map((tier, n): [string, string] => [n === 0 ? 'trackers' : '', tier.join('  ')]),
    ...facts.webSeeds.map((url, n): [string, string] => [n === 0 ? 'web seeds' : '', url]),
    ...optional('comment', facts.comment),
    ...optional('created by', facts.createdBy),
    ...optional('created', facts.createdAt === undefined ? '' : formatDateTime(facts.createdAt)),
    ...optional('source', facts.source),
    ...optional('renamed', facts.renamed > 0 ? `${formatPlural(facts.renamed, 'name')} made safe for this disk` : ''),
  ]
  const listed = files.slice(0, MAX_LISTED).map(({ path, size }) => `  ${formatBytes(size).padStart(9)}  ${path}`)
  const more =
    fileCount > MAX_LISTED
      ? [`  … and ${formatPlural(fileCount - MAX_LISTED, 'more file', 'more files')}; --json lists all`]
      : []
  return [...lines.map(([title, text]) => `${title.padEnd(11)}${text.replaceAll('\n', ' ')}`), ...listed, ...more].join(
    '\n',
  )
}

function optional(title: string, text: string): [string, string][] {
  return text === '' ? [] : [[title, text]]
}
