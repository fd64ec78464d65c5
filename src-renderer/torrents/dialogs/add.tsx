/** Asks about one .torrent before anything is written: what is in it, where it goes, whether it starts at once. */
import { type ReactNode, useEffect, useState } from 'react'
import type { DialogRequest } from '../../app/state.ts'
import { sentenceOf } from '../../client/client-error.ts'
import { firstOf, useClients, useSettings } from '../../client/context.tsx'
import type { TorrentPreview, TorrentSource } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatPlural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { AddForm } from './add-form.tsx'

type PreviewState =
  | { readonly status: 'reading' }
  | { readonly status: 'ready'; readonly preview: TorrentPreview }
  | { readonly status: 'failed'; readonly message: string }

function usePreview(source: TorrentSource): PreviewState {
  const { torrents } = useClients()
  const [state, setState] = useState<PreviewState>({ status: 'reading' })
  useEffect(() => {
    let current = true
    const settle = (next: PreviewState): void => {
      if (current) setState(next)
    }
    torrents.preview({ source }).then(
      (preview) => settle({ status: 'ready', preview }),
      (error: unknown) => settle({ status: 'failed', message: sentenceOf(error) }),
    )
    return () => {
      current = false
    }
  }, [torrents, source])
  return state
}

export default function AddDialog(props: {
  request: Extract<DialogRequest, { kind: 'add' }>
  /** How many more wait behind this one. */
  waiting: number
  onClose: () => void
}): ReactNode {
  const { request, waiting, onClose } = props
  const state = usePreview(request.source)
  const settings = firstOf(useSettings())
  const more = waiting > 0 ? `${formatPlural(waiting, 'more torrent', 'more torrents')} to come` : undefined
  if (state.status === 'ready' && settings) {
    return (
      <AddForm
        source={request.source}
        preview={state.preview}
        folder={settings.downloadDirectory}
        more={more}
        onClose={onClose}
      />
    )
  }
  const failed = state.status === 'failed'
  return (
    <Dialog
      title={failed ? 'This torrent cannot be added' : 'Add torrent'}
      description={<span className="break-all">{request.origin}</span>}
      onClose={onClose}
      onSubmit={onClose}
      footer={
        <Button type="submit" look={failed ? 'primary' : 'secondary'}>
          {failed ? (waiting > 0 ? 'Next' : 'Close') : 'Cancel'}
        </Button>
      }
    >
      {failed ? <Notice tone="danger">{state.message}</Notice> : <Reading />}
    </Dialog>
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
