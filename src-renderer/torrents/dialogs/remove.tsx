import { type ReactNode, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import { useClients } from '../../client/context.tsx'
import type { TorrentRow } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Choices } from '../../ui/field.tsx'
import { formatBytes, formatPlural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { said, toEach } from '../actions.ts'
import { isKnown } from '../states.ts'

type Data = 'keep' | 'trash'
const NAMED = 5

/** Confirms that torrents go, and asks what becomes of their files. The files stay unless a person says otherwise. */
export default function RemoveDialog(props: { rows: readonly TorrentRow[]; onClose: () => void }): ReactNode {
  const { rows, onClose } = props
  const [data, setData] = useState<Data>('keep')
  const { left, busy, failures, remove } = useRemoval(rows, onClose)
  const onDisk = left.reduce((sum, row) => sum + row.done, 0)
  return (
    <Dialog
      role="alertdialog"
      width="narrow"
      title={left.length === 1 ? 'Remove this torrent?' : `Remove ${formatPlural(left.length, 'torrent')}?`}
      description={<Names rows={left} />}
      onClose={onClose}
      onSubmit={() => void remove(data)}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look={data === 'trash' ? 'danger' : 'primary'} disabled={busy}>
            {data === 'trash' ? 'Remove and trash the files' : 'Remove from the list'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Choices<Data>
          legend="What becomes of the files"
          hideLegend
          focusFirst
          value={data}
          onChange={setData}
          choices={[
            {
              value: 'keep',
              label: 'Keep the files',
              hint: 'The list forgets the torrent; its files stay where they are.',
            },
            {
              value: 'trash',
              label: 'Move the files to the trash',
              hint: `What this torrent put on the disk goes, ${formatBytes(onDisk)}. Other files in the folder stay.`,
            },
          ]}
        />
        {failures.length > 0 && (
          <Notice tone="danger">
            {failures.slice(0, NAMED).map((failure) => (
              <p key={failure}>{failure}</p>
            ))}
          </Notice>
        )}
      </div>
    </Dialog>
  )
}

/** Removes them in turn. Those that did go are not asked for again where others could not. */
function useRemoval(rows: readonly TorrentRow[], onClose: () => void) {
  const { torrents } = useClients()
  const done = useToasts((toasts) => toasts.done)
  const [left, setLeft] = useState(rows)
  const [busy, setBusy] = useState(false)
  const [failures, setFailures] = useState<readonly string[]>([])
  const remove = async (data: Data): Promise<void> => {
    if (busy) return
    setBusy(true)
    const failed = await toEach(left, async (id) => {
      await torrents.remove({ id, data })
      setLeft((before) => before.filter((row) => row.id !== id))
    })
    if (failed.length > 0) {
      setFailures(failed)
      setBusy(false)
      return
    }
    const whose = rows.length === 1 ? 'Its' : 'Their'
    done(data === 'trash' ? `${said('Removed', rows)} ${whose} files are in the trash.` : said('Removed', rows))
    onClose()
  }
  return { left, busy, failures, remove }
}

function Names({ rows }: { rows: readonly TorrentRow[] }): ReactNode {
  const rest = rows.length - NAMED
  return (
    <ul>
      {rows.slice(0, NAMED).map((row) => (
        <li key={row.id} className="truncate" title={row.name}>
          <bdi>{row.name}</bdi>
          {isKnown(row) && <span className="text-faint"> · {formatBytes(row.size)}</span>}
        </li>
      ))}
      {rest > 0 && <li>and {formatPlural(rest, 'other', 'others')}</li>}
    </ul>
  )
}
