import { Upload } from 'lucide-react'
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react'
import { useConnection } from '../client/context.tsx'
import { useApp, useToasts } from './context.tsx'
import { sortDropped } from './dropped.ts'
import { MAX_WAITING_DIALOGS } from './state.ts'

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

/** Takes what is dropped anywhere on the window, and says so while something hovers over it. */
export function DropZone(): ReactNode {
  const over = useFileDrop(useDropped())
  if (!over) return null
  return (
    <div className="pointer-events-none fixed inset-0 z-50 flex animate-appear items-center justify-center bg-backdrop p-6">
      <div className="flex items-center gap-3 rounded-lg border-2 border-dashed border-accent bg-raised px-6 py-5 shadow-popover">
        <Upload size={20} aria-hidden className="text-accent-text" />
        <p>
          <span className="block font-semibold">Drop to add or to share</span>
          <span className="text-muted">A .torrent is added to the list. A file or folder becomes a new torrent.</span>
        </p>
      </div>
    </div>
  )
}

function useDropped(): (files: readonly File[]) => Promise<void> {
  const { pathForFile } = useConnection()
  const ask = useApp((state) => state.ask)
  const problem = useToasts((state) => state.problem)
  return async (files) => {
    const dropped = await sortDropped(files, pathForFile)
    if (dropped.kind === 'problem') return problem(dropped.message)
    const left = ask(...dropped.requests)
    if (left > 0) problem(`Only ${MAX_WAITING_DIALOGS} torrents can wait at once; ${left} were left out.`)
  }
}

/** Follows files dragged over the window; true while some hover. */
function useFileDrop(onDrop: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false)
  const dropped = useEffectEvent(onDrop)
  useEffect(() => {
    let depth = 0
    const enter = (event: DragEvent): void => {
      if (!carriesFiles(event)) return
      event.preventDefault()
      depth += event.type === 'dragenter' ? 1 : 0
      setOver(true)
    }
    const leave = (): void => {
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    const drop = (event: DragEvent): void => {
      event.preventDefault()
      depth = 0
      setOver(false)
      if (carriesFiles(event)) dropped([...(event.dataTransfer?.files ?? [])])
    }
    const listeners = { dragenter: enter, dragover: enter, dragleave: leave, drop }
    for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener as EventListener)
    return () => {
      for (const [name, listener] of Object.entries(listeners))
        window.removeEventListener(name, listener as EventListener)
    }
  }, [])
  return over
}
