/** Asks about one .torrent or magnet link before anything is written: what is in it, what of it is wanted, where it goes. */
import { type ReactNode, useState } from 'react'
import { useApp } from '../../app/context.tsx'
import type { DialogRequest } from '../../app/state.ts'
import { firstOf, useSettings } from '../../client/context.tsx'
import type { TorrentPreview } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Checkbox, Problem } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { FolderField, folderProblem, useFolder } from './folder-field.tsx'
import { PreviewFacts } from './preview-facts.tsx'
import { useFileChoice } from './preview-files.tsx'
import { type PreviewState, type Refusal, useAdd, usePreview } from './use-add.ts'

interface AddDialogProps {
  readonly request: Extract<DialogRequest, { kind: 'add' }>
  /** How many more wait behind this one. */
  readonly waiting: number
  readonly onClose: () => void
}

export default function AddDialog({ request, waiting, onClose }: AddDialogProps): ReactNode {
  const state = usePreview(request.source)
  const settings = firstOf(useSettings())
  const [chosen, setChosen] = useState<string>()
  const [paused, setPaused] = useState(false)
  const directory = chosen ?? settings?.downloadDirectory ?? ''
  const folder = useFolder(directory)
  const { busy, refusal, add, forget } = useAdd(request.source, onClose)
  const showTorrent = useApp((app) => app.showTorrent)
  const showLinks = useApp((app) => app.showLinks)

  const preview = state.status === 'ready' ? state.preview : undefined
  const choice = useFileChoice(preview)
  const problem = preview && folderProblem(directory, folder, choice?.size ?? 0)
  const nothing = choice?.wanted.size === 0
  const blocked = busy || nothing || problem !== undefined || settings === undefined
  const submit = (): void => {
    if (state.status === 'failed') onClose()
    else if (preview?.present) {
      if (preview.id === undefined) showLinks()
      else showTorrent(preview.id)
      onClose()
    } else if (preview && !blocked) {
      void add(preview.name, { directory, paused, useExisting: refusal?.kind === 'files-exist', files: choice?.files })
    }
  }
  return (
    <Dialog
      title={state.status === 'failed' ? 'This torrent cannot be added' : titleOf(preview)}
      description={<bdi className="break-words">{preview?.name ?? request.origin}</bdi>}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <Footer state={state} refusal={refusal} busy={busy} blocked={blocked} waiting={waiting} onClose={onClose} />
      }
    >
      {state.status === 'failed' && <Notice tone="danger">{state.message}</Notice>}
      {state.status === 'reading' && <Reading />}
      {preview && (
        <div className="flex flex-col gap-4">
          {preview.present ? (
            <Notice tone="info">
              {preview.kind === 'mutable'
                ? 'You follow this link already. Nothing needs to be added.'
                : 'This torrent is already in the list. Nothing needs to be added.'}
            </Notice>
          ) : (
            <>
              <FolderField
                label="Save in"
                path={directory}
                folder={folder}
                problem={problem}
                onChange={(path) => {
                  setChosen(path)
                  forget()
                }}
              />
              {refusal && <RefusalNotice refusal={refusal} />}
              {preview.kind !== 'mutable' && <Checkbox label="Add it paused" checked={paused} onChange={setPaused} />}
            </>
          )}
          <PreviewFacts preview={preview} choice={preview.present ? undefined : choice} />
          {nothing && <Problem>Choose at least one file.</Problem>}
        </div>
      )}
    </Dialog>
  )
}

function titleOf(preview: TorrentPreview | undefined): string {
  return preview?.kind === 'magnet' ? 'Add magnet link' : preview?.kind === 'mutable' ? 'Follow link' : 'Add torrent'
}

function Footer(props: {
  state: PreviewState
  refusal: Refusal | undefined
  busy: boolean
  blocked: boolean
  waiting: number
  onClose: () => void
}): ReactNode {
  const { state, waiting } = props
  const more = waiting > 0 && (
    <span className="mr-auto text-muted">{formatPlural(waiting, 'more torrent', 'more torrents')} to come</span>
  )
  if (state.status === 'failed') {
    return (
      <>
        {more}
        <Button type="submit" look="primary">
          {waiting > 0 ? 'Next' : 'Close'}
        </Button>
      </>
    )
  }
  const present = state.status === 'ready' && state.preview.present
  const add = props.refusal?.kind === 'files-exist' ? 'Check and use them' : verbOf(state, props.busy)
  return (
    <>
      {more}
      <Button onClick={props.onClose}>{waiting > 0 ? 'Leave this one out' : 'Cancel'}</Button>
      <Button type="submit" look="primary" disabled={!present && (props.blocked || state.status === 'reading')}>
        {present ? presentVerb(state) : add}
      </Button>
    </>
  )
}

function verbOf(state: PreviewState, busy: boolean): string {
  if (state.status === 'ready' && state.preview.kind === 'mutable') return 'Follow'
  return busy ? 'Adding…' : 'Add'
}

function presentVerb(state: PreviewState): string {
  return state.status === 'ready' && state.preview.kind === 'mutable'
    ? 'Show it among the links'
    : 'Show it in the list'
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

function Reading(): ReactNode {
  return (
    <div role="status" aria-label="Reading the torrent" className="flex h-60 animate-breathe flex-col gap-3">
      <span className="h-4 w-3/5 rounded-sm bg-track/60" />
      <span className="h-4 w-2/5 rounded-sm bg-track/60" />
      <span className="grow rounded-sm bg-track/60" />
    </div>
  )
}
