import { type ReactNode, useState } from 'react'
import { useApp, useToasts } from '../../app/context.tsx'
import { codeOf, sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { TorrentPreview, TorrentSource } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Checkbox } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FolderField, folderProblem, useFolder } from './folder-field.tsx'
import { PreviewFacts } from './preview-facts.tsx'

interface AddFormProps {
  readonly source: TorrentSource
  readonly preview: TorrentPreview
  /** Where it would go unless another is chosen. */
  readonly folder: string
  readonly more: string | undefined
  readonly onClose: () => void
}

type Refusal = { readonly kind: 'files-exist' | 'other'; readonly message: string }

export function AddForm({ source, preview, folder, more, onClose }: AddFormProps): ReactNode {
  const [directory, setDirectory] = useState(folder)
  const [paused, setPaused] = useState(false)
  const state = useFolder(directory)
  const { busy, refusal, add, forget } = useAdd(source, preview, onClose)
  const showTorrent = useApp((app) => app.showTorrent)
  const problem = folderProblem(directory, state, preview.size)
  const blocked = problem !== undefined || busy
  const exists = refusal?.kind === 'files-exist'
  const submit = (): void => {
    if (preview.present) {
      showTorrent(preview.id)
      onClose()
    } else if (!blocked) void add(directory, paused, exists)
  }
  return (
    <Dialog
      title="Add torrent"
      description={<bdi className="break-words">{preview.name}</bdi>}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          {more && <span className="mr-auto text-muted">{more}</span>}
          <Button onClick={onClose}>{more ? 'Leave this one out' : 'Cancel'}</Button>
          <Button type="submit" look="primary" disabled={!preview.present && blocked}>
            {preview.present ? 'Show it in the list' : exists ? 'Check and use them' : busy ? 'Adding…' : 'Add'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <PreviewFacts preview={preview} />
        {preview.present ? (
          <Notice tone="info">This torrent is already in the list. Nothing needs to be added.</Notice>
        ) : (
          <>
            <FolderField
              label="Save in"
              path={directory}
              folder={state}
              problem={problem}
              onChange={(path) => {
                setDirectory(path)
                forget()
              }}
            />
            <Checkbox label="Add it paused" checked={paused} onChange={setPaused} />
            {refusal && <RefusalNotice refusal={refusal} />}
          </>
        )}
      </div>
    </Dialog>
  )
}

function RefusalNotice({ refusal }: { refusal: Refusal }): ReactNode {
  if (refusal.kind === 'other') return <Notice tone="danger">{refusal.message}</Notice>
  return (
    <Notice tone="warning">
      {refusal.message}
      <span className="mt-1 block text-muted">
        “Check and use them” reads what is there and keeps every piece that belongs to this torrent; pieces that do not
        are downloaded over it. To keep those files as they are, choose another folder.
      </span>
    </Notice>
  )
}

function useAdd(source: TorrentSource, preview: TorrentPreview, onClose: () => void) {
  const { torrents } = useClients()
  const showTorrent = useApp((app) => app.showTorrent)
  const done = useToasts((toasts) => toasts.done)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const add = async (directory: string, paused: boolean, useExisting: boolean): Promise<void> => {
    setBusy(true)
    setRefusal(undefined)
    try {
      const { id } = await torrents.add({ source, directory, paused, useExisting })
      showTorrent(id)
      done(`Added “${preview.name}”.`)
      onClose()
    } catch (error) {
      const kind = codeOf(error) === 'FILES_EXIST' ? 'files-exist' : 'other'
      setRefusal({ kind, message: sentenceOf(error) })
      setBusy(false)
    }
  }
  return { busy, refusal, add, forget: () => setRefusal(undefined) }
}
