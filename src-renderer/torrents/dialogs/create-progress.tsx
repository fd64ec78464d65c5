import type { ReactNode } from 'react'
import { useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { CreationRow } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatBytes, formatEstimate, formatPercent, formatPlural, formatRate } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'

/** Scanning and hashing, or how they ended where they did not succeed. Only "Cancel" stops them, not a stray Escape. */
export function CreateProgress(props: {
  id: string
  row: CreationRow
  onBack: () => void
  onClose: () => void
}): ReactNode {
  const { id, row, onBack, onClose } = props
  const { torrents } = useClients()
  const problem = useToasts((toasts) => toasts.problem)
  const ended = row.state === 'failed' || row.state === 'cancelled'
  const cancel = (): void => {
    torrents.cancelCreation({ id }).then(onBack, (error: unknown) => problem(sentenceOf(error)))
  }
  return (
    <Dialog
      title={ended ? 'No torrent was made' : 'Creating the torrent'}
      description={<bdi className="break-all">{row.path}</bdi>}
      closable={ended}
      onClose={onClose}
      onSubmit={ended ? onBack : () => {}}
      footer={
        ended ? (
          <>
            <Button onClick={onClose}>Close</Button>
            <Button type="submit" look="primary">
              Change and try again
            </Button>
          </>
        ) : (
          <Button onClick={cancel}>Cancel</Button>
        )
      }
    >
      {ended ? (
        <Notice tone={row.state === 'failed' ? 'danger' : 'info'}>
          {row.error || 'Creating it was cancelled. Nothing was written.'}
        </Notice>
      ) : (
        <Hashing row={row} />
      )}
    </Dialog>
  )
}

function Hashing({ row }: { row: CreationRow }): ReactNode {
  const fraction = row.size === 0 ? 0 : row.hashed / row.size
  const scanning = row.state === 'scanning'
  return (
    <div className="flex flex-col gap-2 py-2 tabular-nums">
      <div className="flex justify-between">
        <span role="status">{scanning ? 'Looking through the files' : 'Hashing'}</span>
        {!scanning && <span className="font-medium">{formatPercent(fraction)}</span>}
      </div>
      <ProgressBar
        fraction={fraction}
        label="Hashed"
        className={scanning ? 'animate-breathe motion-reduce:animate-none' : ''}
      />
      <div className="flex justify-between text-muted">
        <span>
          {scanning
            ? `${formatPlural(row.files, 'file')}, ${formatBytes(row.size)} so far`
            : `${formatBytes(row.hashed)} of ${formatBytes(row.size)} in ${formatPlural(row.files, 'file')}`}
        </span>
        {!scanning && (
          <span>
            {formatRate(row.rate)}
            {row.timeLeft !== undefined && `, ${formatEstimate(row.timeLeft)} left`}
          </span>
        )}
      </div>
    </div>
  )
}
