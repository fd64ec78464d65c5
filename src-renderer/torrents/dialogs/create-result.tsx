import { CircleCheck } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useApp, useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { CreationRow } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { CopyText } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatBytes, formatCount, formatPieceLength, formatPlural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { Fact } from '../details/facts.tsx'

/** The finished torrent: what it became, and the two things to do with it. */
export function CreateResult({ row, onClose }: { row: CreationRow; onClose: () => void }): ReactNode {
  const { busy, saved, refusal, save, saveAndSeed } = useResult(row, onClose)
  return (
    <Dialog
      title="The torrent is ready"
      description={<bdi className="break-words">{row.name}</bdi>}
      onClose={onClose}
      onSubmit={() => void saveAndSeed()}
      footer={
        <>
          <Button onClick={onClose} className="mr-auto">
            Close
          </Button>
          <Button onClick={() => void save()} disabled={busy}>
            Save .torrent…
          </Button>
          <Button type="submit" look="primary" disabled={busy}>
            {saved ? 'Seed' : 'Save and seed'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4">
          <Fact name="Size">
            {formatBytes(row.size)} in {formatPlural(row.files, 'file')}
          </Fact>
          <Fact name="Pieces">
            {formatCount(row.pieces)} of {formatPieceLength(row.pieceLength)}
          </Fact>
          <Fact name="Info hash">
            <CopyText text={row.infoHash ?? ''} label="info hash" head={12} tail={12} />
          </Fact>
        </dl>
        {row.skipped > 0 && (
          <Notice tone="warning">
            {formatPlural(row.skipped, 'entry was', 'entries were')} left out: symbolic links and other things that are
            not files.
          </Notice>
        )}
        {saved && (
          <p role="status" className="flex items-center gap-1.5">
            <CircleCheck size={16} aria-hidden className="shrink-0 text-positive" />
            <span className="min-w-0 break-all">Saved {saved}</span>
          </p>
        )}
        {refusal && <Notice tone="danger">{refusal}</Notice>}
      </div>
    </Dialog>
  )
}

function useResult(row: CreationRow, onClose: () => void) {
  const { app, torrents } = useClients()
  const showTorrent = useApp((state) => state.showTorrent)
  const done = useToasts((toasts) => toasts.done)
  const [busy, setBusy] = useState(false)
  const [saved, setSaved] = useState('')
  const [refusal, setRefusal] = useState('')
  /** False where a person closed the platform's dialog. */
  const write = async (): Promise<boolean> => {
    const { path } = await app.chooseSavePath({
      title: 'Save the .torrent',
      name: `${row.name.slice(0, 200)}.torrent`,
    })
    if (path === undefined) return false
    await torrents.saveCreation({ id: row.id, file: path })
    setSaved(path)
    return true
  }
  const attempt = async (act: () => Promise<unknown>): Promise<void> => {
    if (busy) return
    setBusy(true)
    setRefusal('')
    try {
      await act()
    } catch (error) {
      setRefusal(sentenceOf(error))
    }
    setBusy(false)
  }
  const seed = async (): Promise<void> => {
    const { id } = await torrents.seedCreation({ id: row.id })
    showTorrent(id)
    done(`Seeding “${row.name}”.`)
    onClose()
  }
  return {
    busy,
    saved,
    refusal,
    save: () => attempt(write),
    saveAndSeed: () =>
      attempt(async () => {
        if (saved !== '' || (await write())) await seed()
      }),
  }
}
