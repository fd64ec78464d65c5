/** Makes a torrent of a file or folder in three steps: what and how, hashing, and what to do with the result. */
import { type ReactNode, useState } from 'react'
import { useCreations } from '../../client/context.tsx'
import type { CreationRow } from '../../client/types.ts'
import { CreateForm } from './create-form.tsx'
import { CreateProgress } from './create-progress.tsx'
import { CreateResult } from './create-result.tsx'
import { type CreationForm, EMPTY_FORM } from './creation-form.ts'

export default function CreateDialog(props: { path: string; onClose: () => void }): ReactNode {
  const [form, setForm] = useState<CreationForm>({ ...EMPTY_FORM, path: props.path })
  const [id, setId] = useState<string>()
  const { state } = useCreations()
  const row = state.status === 'ready' ? state.items.find((item) => item.id === id) : undefined
  const back = (): void => setId(undefined)
  if (id === undefined) return <CreateForm form={form} onForm={setForm} onStarted={setId} onClose={props.onClose} />
  if (row?.state === 'ready') return <CreateResult row={row} onClose={props.onClose} />
  return <CreateProgress id={id} row={row ?? waiting(id, form.path)} onBack={back} onClose={props.onClose} />
}

/** Stands in until the feed shows the creation. */
function waiting(id: string, path: string): CreationRow {
  return {
    id,
    path,
    name: path,
    state: 'scanning',
    files: 0,
    size: 0,
    hashed: 0,
    rate: 0,
    pieceLength: 0,
    pieces: 0,
    skipped: 0,
    error: '',
  }
}
