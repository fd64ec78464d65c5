/** A label that is written where it stands: saved when the field is left or Enter is pressed, taken back by Escape. */
import { type ReactNode, useState } from 'react'
import { useToasts } from '../app/context.tsx'
import { sentenceOf } from '../client/client-error.ts'
import { useClients } from '../client/context.tsx'
import { cx } from '../ui/cx.ts'
import { TextInput } from '../ui/field.tsx'

const MAX_LABEL = 255

export function LabelField(props: {
  type: 'tx' | 'addr' | 'output'
  /** What is labelled: a txid, an address, an outpoint. */
  subject: string
  /** Names the field. */
  name: string
  label: string
  placeholder?: string
  className?: string
  onSaved?: () => void
}): ReactNode {
  const { wallet } = useClients()
  const problem = useToasts((toasts) => toasts.problem)
  const [typed, setTyped] = useState<string>()
  const save = async (): Promise<void> => {
    const label = typed?.trim()
    if (label === undefined) return
    if (label !== props.label) {
      try {
        await wallet.setLabel({ type: props.type, ref: props.subject, label })
        props.onSaved?.()
      } catch (error) {
        problem(sentenceOf(error))
      }
    }
    setTyped(undefined)
  }
  return (
    <TextInput
      aria-label={props.name}
      placeholder={props.placeholder ?? 'Add a label'}
      maxLength={MAX_LABEL}
      value={typed ?? props.label}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => void save()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') void save()
        else if (event.key === 'Escape' && typed !== undefined) setTyped(undefined)
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
      className={cx('block border-transparent bg-transparent hover:border-line-control', props.className)}
    />
  )
}
