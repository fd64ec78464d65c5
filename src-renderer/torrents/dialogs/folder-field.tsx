import { FolderOpen } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import { Button } from '../../ui/button.tsx'
import { Field, TextInput } from '../../ui/field.tsx'
import { formatBytes } from '../../ui/format.ts'

export type FolderState =
  | { readonly status: 'asking' }
  | { readonly status: 'known'; readonly free: number; readonly writable: boolean }
  | { readonly status: 'failed'; readonly message: string }

/** Free space and whether it can be written, asked anew for each folder; only the newest answer counts. */
export function useFolder(path: string): FolderState {
  const { app } = useClients()
  const [answer, setAnswer] = useState<{ path: string; state: FolderState }>()
  useEffect(() => {
    if (path === '') return
    let current = true
    const settle = (state: FolderState): void => {
      if (current) setAnswer({ path, state })
    }
    app.inspectFolder({ path }).then(
      ({ free, writable }) => settle({ status: 'known', free, writable }),
      (error: unknown) => settle({ status: 'failed', message: sentenceOf(error) }),
    )
    return () => {
      current = false
    }
  }, [app, path])
  return answer?.path === path ? answer.state : { status: 'asking' }
}

/** What keeps a torrent of `needed` bytes from going into the folder, as one sentence with the next step. */
export function folderProblem(path: string, folder: FolderState, needed: number): string | undefined {
  if (path === '') return 'Choose a folder for the files.'
  if (folder.status === 'failed') return folder.message
  if (folder.status === 'asking') return undefined
  if (!folder.writable) return 'Shoal may not write into this folder. Choose another, or change its permissions.'
  if (folder.free < needed) {
    const lacking = formatBytes(needed - folder.free)
    return `There are ${lacking} too few free on this disk. Make room, or choose a folder on another disk.`
  }
  return undefined
}

/** A folder, with the platform's dialog behind a button and what is free on its disk below. */
export function FolderField(props: {
  label: string
  path: string
  folder: FolderState
  problem: string | undefined
  onChange: (path: string) => void
  /** The field was left, Enter pressed or a folder chosen: this is the one meant. */
  onCommit?: (path: string) => void
}): ReactNode {
  const { app } = useClients()
  const report = useToasts((state) => state.problem)
  const choose = async (): Promise<void> => {
    try {
      const start = props.path === '' ? {} : { start: props.path }
      const { path } = await app.chooseFolder({ title: props.label, ...start })
      if (path === undefined) return
      props.onChange(path)
      props.onCommit?.(path)
    } catch (error) {
      report(sentenceOf(error))
    }
  }
  const { folder } = props
  return (
    <Field
      label={props.label}
      hint={folder.status === 'known' ? `${formatBytes(folder.free)} free on this disk` : 'Looking at the disk…'}
      error={props.problem}
    >
      {(wiring) => (
        <div className="flex gap-2">
          <TextInput
            {...wiring}
            value={props.path}
            onChange={(event) => props.onChange(event.target.value)}
            onBlur={() => props.onCommit?.(props.path)}
            onKeyDown={(event) => event.key === 'Enter' && props.onCommit?.(props.path)}
          />
          <Button icon={FolderOpen} onClick={() => void choose()}>
            Choose…
          </Button>
        </div>
      )}
    </Field>
  )
}
