import { FolderOpen, Magnet } from 'lucide-react'
import type { ReactNode } from 'react'
import type { TorrentDetail, TorrentRow } from '../../client/types.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { CopyText, PathText } from '../../ui/copy.tsx'
import {
  formatBytes,
  formatCount,
  formatDateTime,
  formatEstimate,
  formatPercent,
  formatPieceLength,
  formatPlural,
  formatRate,
  formatRatio,
} from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { canResume, useTorrentActions } from '../actions.ts'
import { metadataOf } from '../metadata-words.ts'
import { lookOf, progressOf } from '../states.ts'
import { Fact, Facts } from './facts.tsx'
import { MetadataFacts, MetadataPanel } from './metadata.tsx'
import { PieceMap } from './piece-map.tsx'

const TONE_OF_STATE = { danger: 'danger', warning: 'warning', accent: 'info', positive: 'info', quiet: 'info' } as const

export function OverviewTab({ row, detail }: { row: TorrentRow; detail: TorrentDetail }): ReactNode {
  const { word, tone } = lookOf(row)
  const metadata = metadataOf(row)
  return (
    <div className="flex flex-col gap-3 px-4 py-3">
      {metadata ? <MetadataPanel row={row} metadata={metadata} /> : <Pieces row={row} detail={detail} />}
      {row.reason && !metadata && (
        <Notice tone={TONE_OF_STATE[tone]} action={<WayOut row={row} />}>
          <span className="font-medium">{word}.</span> {row.reason}
        </Notice>
      )}
      <div className="grid grid-cols-[repeat(auto-fit,minmax(232px,1fr))] gap-x-8 gap-y-3">
        {metadata ? <MetadataFacts metadata={metadata} /> : <Transfer row={row} />}
        {detail.pieces > 0 && <Torrent row={row} detail={detail} />}
        <Place row={row} />
      </div>
    </div>
  )
}

function Pieces({ row, detail }: { row: TorrentRow; detail: TorrentDetail }): ReactNode {
  if (detail.pieces === 0) {
    return (
      row.reason === '' && <Notice tone="info">Only the hash is known. Resume it to fetch the rest from peers.</Notice>
    )
  }
  const fraction = row.size === 0 ? 1 : row.done / row.size
  return (
    <div className="flex items-center gap-3">
      <PieceMap stretches={detail.pieceMap} pieces={detail.pieces} fraction={fraction} />
      <span className="shrink-0 font-medium tabular-nums">
        {formatPercent(progressOf(row))}
        {row.state === 'checking' && ' checked'}
      </span>
    </div>
  )
}

/** The one thing to do about what is wrong, where there is one. Trying again loses nothing, which a recheck might. */
function WayOut({ row }: { row: TorrentRow }): ReactNode {
  const actions = useTorrentActions()
  if (row.state === 'paused' || !canResume(row)) return null
  return (
    <Button onClick={() => void actions.resume([row])} className="-my-1">
      Try again
    </Button>
  )
}

function Transfer({ row }: { row: TorrentRow }): ReactNode {
  return (
    <Facts title="Transfer">
      <Fact name="Downloaded">
        {formatBytes(row.downloaded)} · {formatRate(row.downRate)}
      </Fact>
      <Fact name="Uploaded">
        {formatBytes(row.uploaded)} · {formatRate(row.upRate)}
      </Fact>
      <Fact name="Ratio">{formatRatio(row.uploaded, row.downloaded)}</Fact>
      <Fact name="Time left">{formatEstimate(row.timeLeft)}</Fact>
      <Fact name="Peers">
        {formatCount(row.seeds)} with everything, {formatPlural(row.peers, 'other', 'others')}
      </Fact>
    </Facts>
  )
}

function Torrent({ row, detail }: { row: TorrentRow; detail: TorrentDetail }): ReactNode {
  return (
    <Facts title="Torrent">
      <Fact name="Size">
        {formatBytes(row.done)} of {formatBytes(row.size)}
        {row.selected < row.size && <>, {formatBytes(row.selected)} wanted</>}
      </Fact>
      <Fact name="Pieces">
        {formatCount(detail.pieces)} of {formatPieceLength(detail.pieceLength)}
      </Fact>
      <Fact name="Private">{row.private ? 'Yes, peers from its trackers only' : 'No'}</Fact>
      {detail.comment && (
        <Fact name="Comment">
          <span title={detail.comment} data-selectable="">
            {detail.comment}
          </span>
        </Fact>
      )}
      {(detail.createdBy || detail.createdAt !== undefined) && (
        <Fact name="Made">
          {[detail.createdAt === undefined ? '' : formatDateTime(detail.createdAt), detail.createdBy]
            .filter(Boolean)
            .join(' by ')}
        </Fact>
      )}
    </Facts>
  )
}

function Place({ row }: { row: TorrentRow }): ReactNode {
  const actions = useTorrentActions()
  return (
    <Facts title="Place">
      <Fact name="Folder">
        <span className="flex items-center gap-1">
          <PathText path={row.directory} />
          <IconButton
            label="Open folder"
            icon={FolderOpen}
            onClick={() => void actions.openFolder(row)}
            className="-my-1 size-6"
          />
        </span>
      </Fact>
      <Fact name="Info hash">
        <span className="flex items-center gap-1">
          <CopyText text={row.id} label="info hash" />
          <IconButton
            label="Copy magnet link"
            shortcut="Ctrl+Shift+C"
            icon={Magnet}
            onClick={() => void actions.copyMagnets([row])}
            className="-my-1 size-6"
          />
        </span>
      </Fact>
      <Fact name="Added">{formatDateTime(row.addedAt)}</Fact>
      <Fact name="Completed">{formatDateTime(row.completedAt)}</Fact>
    </Facts>
  )
}
