/** Asks for a key and a method: the one thing that is done most on this page. */
import { Waypoints } from 'lucide-react'
import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react'
import type { OverlayName } from '../app/state.ts'
import { useFindKey } from '../app/use-find-key.ts'
import { useTorrentRows } from '../client/context.tsx'
import { Button } from '../ui/button.tsx'
import { Select, TextInput } from '../ui/field.tsx'
import { FormProblem } from '../ui/form-problem.tsx'
import { readTarget } from './search-target.ts'
import { METHODS, type Method } from './search-words.ts'
import { useStartSearch } from './use-start-search.ts'

const MAX_SUGGESTIONS = 50

export function SearchForm(props: { overlay: OverlayName; disabled: boolean }): ReactNode {
  const start = useStartSearch(props.overlay)
  const methods = METHODS[props.overlay]
  const [typed, setTyped] = useState('')
  const [method, setMethod] = useState<Method>('find_node')
  const [problem, setProblem] = useState<string>()
  const field = useRef<HTMLInputElement>(null)
  const notes = useId()
  const list = useId()
  useFindKey(field)
  const change = (text: string): void => {
    setTyped(text)
    setProblem(undefined)
    const target = readTarget(text)
    // A magnet link names a torrent: its peers are what is looked for. A public key names a value.
    if (method !== 'find_node') return
    if ('key' in target && target.torrent) setMethod('get_peers')
    else if ('publicKey' in target) setMethod('get')
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const target = readTarget(typed)
    if ('problem' in target) {
      setProblem(target.problem)
      field.current?.focus()
    } else void start('key' in target ? target.key : target, method)
  }
  return (
    <form noValidate onSubmit={submit} className="ml-auto flex min-w-0 grow items-center justify-end gap-2">
      <div className="relative max-w-100 min-w-28 grow">
        <TextInput
          ref={field}
          aria-label="Key, info-hash or magnet link"
          placeholder="Key, hash or magnet link"
          list={list}
          value={typed}
          onChange={(event) => change(event.target.value)}
          {...(problem ? { 'aria-invalid': true, 'aria-describedby': notes } : {})}
          className="font-mono text-[12px] placeholder:font-sans placeholder:text-body"
        />
        {problem && <FormProblem id={notes}>{problem}</FormProblem>}
      </div>
      <Suggestions id={list} />
      <div className="w-44 shrink-0">
        <Select
          aria-label="What to look for"
          title={methods[method]?.about}
          value={method}
          onChange={(event) => setMethod(event.target.value as Method)}
        >
          {Object.entries(methods).map(([id, { title }]) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </Select>
      </div>
      <Button type="submit" look="primary" icon={Waypoints} disabled={props.disabled}>
        Look up
      </Button>
    </form>
  )
}

/** The info-hashes of the torrents in the list, by name. */
function Suggestions({ id }: { id: string }): ReactNode {
  const { state } = useTorrentRows()
  const rows = state.status === 'ready' ? state.items.slice(0, MAX_SUGGESTIONS) : []
  return (
    <datalist id={id}>
      {rows.map((row) => (
        <option key={row.id} value={row.id} label={row.name} />
      ))}
    </datalist>
  )
}
