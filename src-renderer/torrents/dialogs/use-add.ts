/** What the add dialog asks of the engine: what is in the .torrent, and to take it. */
import { useEffect, useState } from 'react'
import { useApp, useToasts } from '../../app/context.tsx'
import { codeOf, sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { TorrentPreview, TorrentSource } from '../../client/types.ts'

export type PreviewState =
  | { readonly status: 'reading' }
  | { readonly status: 'ready'; readonly preview: TorrentPreview }
  | { readonly status: 'failed'; readonly message: string }

export function usePreview(source: TorrentSource): PreviewState {
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

/** Why it was not taken: files stand where it would write, which a person may allow, or anything else. */
export type Refusal = { readonly kind: 'files-exist' | 'other'; readonly message: string }

export interface AddChoice {
  readonly directory: string
  readonly paused: boolean
  readonly useExisting: boolean
  /** Numbers of the files that are wanted; undefined for all. */
  readonly files: number[] | undefined
}

export function useAdd(source: TorrentSource, onClose: () => void) {
  const { torrents } = useClients()
  const showTorrent = useApp((app) => app.showTorrent)
  const showLinks = useApp((app) => app.showLinks)
  const done = useToasts((toasts) => toasts.done)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const add = async (name: string, { files, ...how }: AddChoice): Promise<void> => {
    setBusy(true)
    setRefusal(undefined)
    try {
      const { id } = await torrents.add({ source, ...how, ...(files ? { files } : {}) })
      if (id === undefined) showLinks()
      else showTorrent(id)
      done(`${id === undefined ? 'Following' : 'Added'} “${name}”.`)
      onClose()
    } catch (error) {
      const kind = codeOf(error) === 'FILES_EXIST' ? 'files-exist' : 'other'
      setRefusal({ kind, message: sentenceOf(error) })
      setBusy(false)
    }
  }
  return { busy, refusal, add, forget: () => setRefusal(undefined) }
}
