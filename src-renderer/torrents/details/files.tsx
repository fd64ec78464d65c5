import { type ReactNode, useState } from 'react'
import { useRowHeight } from '../../app/use-theme.ts'
import type { FileEntry, TorrentDetail } from '../../client/types.ts'
import { bytesQuantity, formatCount, formatPercent } from '../../ui/format.ts'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { QuantityText } from '../../ui/quantity.tsx'
import type { Column, Sort } from '../../ui/table/column.ts'
import { DataTable } from '../../ui/table/data-table.tsx'

const fraction = (file: FileEntry): number => (file.size === 0 ? 1 : file.done / file.size)
const fileId = (file: FileEntry): string => file.path

const COLUMNS: readonly Column<FileEntry>[] = [
  {
    id: 'path',
    title: 'File',
    width: 320,
    minWidth: 160,
    grow: true,
    sortKey: (file) => file.path,
    cell: (file) => <bdi>{file.path}</bdi>,
    hint: (file) => file.path,
  },
  {
    id: 'size',
    title: 'Size',
    width: 88,
    minWidth: 64,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (file) => file.size,
    cell: (file) => <QuantityText quantity={bytesQuantity(file.size)} />,
  },
  {
    id: 'progress',
    title: 'Progress',
    width: 160,
    minWidth: 96,
    sortKey: fraction,
    cell: (file) => (
      <span className="flex items-center gap-2">
        <ProgressBar fraction={fraction(file)} label="Progress" className="min-w-0 grow" />
        <span className="w-12 shrink-0 text-right">{formatPercent(fraction(file))}</span>
      </span>
    ),
  },
]

export function FilesTab({ detail }: { detail: TorrentDetail }): ReactNode {
  const [sort, setSort] = useState<Sort>({ by: 'path', direction: 'asc' })
  const more = detail.fileCount - detail.files.length
  return (
    <div className="flex h-full flex-col">
      <div className="min-h-0 grow">
        <DataTable
          label="Files"
          rows={detail.files}
          rowId={fileId}
          columns={COLUMNS}
          rowHeight={useRowHeight()}
          sort={sort}
          onSort={setSort}
        />
      </div>
      {more > 0 && (
        <p className="shrink-0 border-t border-line px-4 py-1 text-caption text-muted">
          The first {formatCount(detail.files.length)} of {formatCount(detail.fileCount)} files are shown.
        </p>
      )}
    </div>
  )
}
