/** Goes to what is typed: a height, a hash, a transaction's id or an address. */
import { Search } from 'lucide-react'
import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react'
import { useApp } from '../../app/context.tsx'
import { useFindKey } from '../../app/use-find-key.ts'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import { Button } from '../../ui/button.tsx'
import { TextInput } from '../../ui/field.tsx'
import { FormProblem } from '../../ui/form-problem.tsx'

/** As many characters as the engine reads. */
const MAX_TEXT = 200
const NAME = 'Height, hash, transaction or address'

export function ChainSearch(props: { disabled: boolean }): ReactNode {
  const { chain } = useClients()
  const show = useApp((state) => state.showChain)
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const notes = useId()
  useFindKey(field)
  const refuse = (sentence: string): void => {
    setProblem(sentence)
    field.current?.focus()
  }
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    // A height may be written as the window shows it.
    const text = typed.trim().replace(/^[\d,]+$/, (height) => height.replaceAll(',', ''))
    if (busy) return
    if (text === '') return refuse('Enter a height, a hash, the id of a transaction or an address.')
    if (text.length > MAX_TEXT) return refuse(`Enter ${MAX_TEXT} characters at most.`)
    setBusy(true)
    try {
      show(await chain.search({ text }))
      setTyped('')
    } catch (error) {
      refuse(sentenceOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="ml-auto flex min-w-0 grow justify-end gap-2">
      <search className="relative max-w-100 min-w-28 grow">
        <TextInput
          ref={field}
          aria-label={NAME}
          placeholder={NAME}
          value={typed}
          disabled={props.disabled}
          onChange={(event) => {
            setTyped(event.target.value)
            setProblem(undefined)
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            if (typed === '' && !problem) event.currentTarget.blur()
            setTyped('')
            setProblem(undefined)
          }}
          {...(problem ? { 'aria-invalid': true, 'aria-describedby': notes } : {})}
          className="font-mono text-[12px] placeholder:font-sans placeholder:text-body"
        />
        {problem && <FormProblem id={notes}>{problem}</FormProblem>}
      </search>
      <Button type="submit" look="primary" icon={Search} disabled={props.disabled}>
        Find
      </Button>
    </form>
  )
}
