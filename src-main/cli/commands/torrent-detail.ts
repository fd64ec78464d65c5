/** `torrents info` for people. */
import type { TorrentDetail, TorrentRow } from '#shared/contract/torrents.ts'
import {
  formatBytes,
  formatDateTime,
  formatPercent,
  formatPieceLength,
  formatPlural,
  formatRate,
} from '#shared/format.ts'
import { type Column, fractionOf, table, torrentLine } from '../words.ts'

/** Files and peers that are listed for people; programs get all. */
const MAX_LISTED = 20

type Peer = TorrentDetail['peers'][number]

const PEERS: readonly Column<Peer>[] = [
  { title: '  PEER', align: 'left', cell: ({ address }) => `  ${address}` },
  { title: 'CLIENT', align: 'left', cell: ({ client }) => client },
  { title: 'HAS', align: 'right', cell: ({ progress }) => formatPercent(progress) },
  { title: 'DOWN', align: 'right', cell: ({ downRate }) => formatRate(downRate) },
  { title: 'UP', align: 'right', cell: ({ upRate }) => formatRate(upRate) },
]

/** A magnet of which only the hash is known. */
export function magnetRowText(row: TorrentRow): string {
  const facts: readonly [string, string][] = [
    ['name', row.name],
    ['id', row.id],
    ['state', row.reason === '' ? row.state : `${row.state}: ${row.reason}`],
    ['folder', row.directory],
    ['added', formatDateTime(row.addedAt)],
    ...askedText(row),
    ...(row.state === 'fetching-metadata' ? [['now', torrentLine(row)] as [string, string]] : []),
  ]
  return facts.map(([title, text]) => `${title.padEnd(10)}${text}`).join('\n')
}

function askedText({ metadata }: TorrentRow): [string, string][] {
  if (!metadata || metadata.asking.length === 0) return []
  return [['asking', `${metadata.asking.join(', ')}, since ${formatDateTime(metadata.since)}`]]
}

export function detailText(row: TorrentRow, detail: TorrentDetail): string {
  const facts: readonly [string, string][] = [
    ['name', row.name],
    ['id', row.id],
    ['state', row.reason === '' ? row.state : `${row.state}: ${row.reason}`],
    ['done', `${formatPercent(fractionOf(row))}, ${formatBytes(row.done)} of ${formatBytes(row.selected)}`],
    ...(row.selected < row.size
      ? [['selected', `${formatBytes(row.selected)} of ${formatBytes(row.size)}`] as [string, string]]
      : []),
    ['folder', row.directory],
    ['pieces', `${formatPlural(detail.pieces, 'piece')} of ${formatPieceLength(detail.pieceLength)}`],
    ['down', `${formatRate(row.downRate)}, ${formatBytes(row.downloaded)} in all`],
    ['up', `${formatRate(row.upRate)}, ${formatBytes(row.uploaded)} in all`],
    ['added', formatDateTime(row.addedAt)],
    ...(row.completedAt === undefined ? [] : [['complete', formatDateTime(row.completedAt)] as [string, string]]),
    ...(detail.comment === '' ? [] : [['comment', detail.comment.replaceAll('\n', ' ')] as [string, string]]),
    ...detail.trackers.map(({ name, state, message }): [string, string] => [
      'tracker',
      `${name} ${state}${message === '' ? '' : `: ${message}`}`,
    ]),
  ]
  return [
    ...facts.map(([title, text]) => `${title.padEnd(10)}${text}`),
    ...(detail.peers.length > 0 ? [table(PEERS, detail.peers.slice(0, MAX_LISTED))] : []),
    ...detail.files
      .slice(0, MAX_LISTED)
      .map(
        ({ path, size, done, wanted }) =>
          `  ${(wanted ? formatPercent(size > 0 ? done / size : 1) : 'left out').padStart(8)}  ${formatBytes(size).padStart(9)}  ${path}`,
      ),
    ...(detail.fileCount > MAX_LISTED
      ? [`  … and ${formatPlural(detail.fileCount - MAX_LISTED, 'more file', 'more files')}`]
      : []),
  ].join('\n')
}
