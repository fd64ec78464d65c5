import { Upload } from 'lucide-react'
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react'
import { useConnection } from '../client/context.tsx'
import { useApp, useToasts } from './context.tsx'
import { sortDropped, sortDroppedText } from './dropped.ts'
import { MAX_WAITING_DIALOGS } from './state.ts'
import { isTextField } from './use-magnet-paste.ts'

/** Takes what is dropped anywhere on the window, and says so while something hovers over it. */
export function DropZone(): ReactNode {
  const over = useDrop(useDropped())
  if (!over) return null
  return (
    <div className="pointer-events-none fixed inset-0 z-50 flex animate-appear items-center justify-center bg-backdrop p-6">
      <div className="flex items-center gap-3 rounded-lg border-2 border-dashed border-accent bg-raised px-6 py-5 shadow-popover">
        <Upload size={20} aria-hidden className="text-accent-text" />
        <p>
          <span className="block font-semibold">Drop to add or to share</span>
          <span className="text-muted">
            A .torrent or a magnet link is added to the list. A file or folder becomes a new torrent.
          </span>
        </p>
      </div>
    </div>
  )
}

/** Files, or the text of a link. */
interface Load {
  readonly files: readonly File[]
  readonly text: string
}

function useDropped(): (load: Load) => Promise<void> {
  const { pathForFile } = useConnection()
  const ask = useApp((state) => state.ask)
  const problem = useToasts((state) => state.problem)
  return async ({ files, text }) => {
    const dropped = files.length > 0 ? await sortDropped(files, pathForFile) : sortDroppedText(text)
    if (dropped.kind === 'problem') return problem(dropped.message)
    const left = ask(...dropped.requests)
    if (left > 0) problem(`Only ${MAX_WAITING_DIALOGS} torrents can wait at once; ${left} were left out.`)
  }
}

const LINK_TYPES = ['text/uri-list', 'text/plain']

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
const carriesText = (event: DragEvent): boolean =>
  event.dataTransfer?.types.some((type) => LINK_TYPES.includes(type)) ?? false

function loadOf({ dataTransfer }: DragEvent): Load {
  const files = [...(dataTransfer?.files ?? [])]
  if (files.length > 0) return { files, text: '' }
  return { files, text: LINK_TYPES.map((type) => dataTransfer?.getData(type) ?? '').join('\n') }
}

/** Follows what is dragged over the window from outside; true while something that may be taken hovers. */
function useDrop(onDrop: (load: Load) => void): boolean {
  const [over, setOver] = useState(false)
  const dropped = useEffectEvent(onDrop)
  useEffect(() => {
    let depth = 0
    // Text of the window's own, which a person drags somewhere else.
    let own = false
    const wanted = (event: DragEvent): boolean =>
      carriesFiles(event) || (carriesText(event) && !own && !isTextField(event.target))
    const enter = (event: DragEvent): void => {
      depth += event.type === 'dragenter' ? 1 : 0
      const take = wanted(event)
      if (take) event.preventDefault()
      setOver(take)
    }
    const leave = (): void => {
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    const drop = (event: DragEvent): void => {
      depth = 0
      setOver(false)
      if (!wanted(event)) {
        if (!isTextField(event.target)) event.preventDefault()
        return
      }
      event.preventDefault()
      dropped(loadOf(event))
    }
    const begin = (): void => {
      own = true
    }
    const end = (): void => {
      own = false
    }
    const listeners = { dragenter: enter, dragover: enter, dragleave: leave, drop, dragstart: begin, dragend: end }
    for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener as EventListener)
    return () => {
      for (const [name, listener] of Object.entries(listeners))
        window.removeEventListener(name, listener as EventListener)
    }
  }, [])
  return over
}
