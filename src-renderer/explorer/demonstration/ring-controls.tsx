/** What is done with the ring as a whole: a node joins, a key is looked up, another ring is drawn. */
import { Dices } from 'lucide-react'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import type { DemonstrationAction, RingPicture, SmallNode } from '../../client/types.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Select, TextInput } from '../../ui/field.tsx'
import { FormProblem } from '../../ui/form-problem.tsx'
import { PLACES } from './ring-layout.ts'

type Act = (action: DemonstrationAction) => void

export function JoinForm(props: {
  picture: RingPicture
  place: string
  onPlace: (place: string) => void
  act: Act
}): ReactNode {
  const { picture, place, onPlace, act } = props
  const isTaken = (node: number) =>
    picture.nodes.some(({ id, phase }) => id === node && phase !== 'dead' && phase !== 'left')
  return (
    <NumberForm
      label="Place of the node that joins"
      word="Node"
      value={place}
      onChange={onPlace}
      button="Join"
      problemOf={(node) => (isTaken(node) ? `There is a node ${node} already. Choose a free place.` : undefined)}
      onSubmit={(node) => act({ kind: 'join', node })}
    />
  )
}

export function LookupForm({ chosen, act }: { chosen: SmallNode | undefined; act: Act }): ReactNode {
  const [key, setKey] = useState('54')
  const [routing, setRouting] = useState<'fingers' | 'all'>('fingers')
  return (
    <div className="flex items-center gap-1.5">
      <NumberForm
        label="Key to look up"
        word="Key"
        value={key}
        onChange={setKey}
        button={chosen ? `Look up from ${chosen.id}` : 'Look up'}
        disabled={chosen?.phase !== 'member'}
        onSubmit={(wanted) => {
          if (chosen) act({ kind: 'lookup', from: chosen.id, key: wanted, routing })
        }}
      />
      <div className="w-26">
        <Select
          aria-label="The way leads over"
          title="Whether successor lists shorten the way, or only fingers make it, as in the literature"
          value={routing}
          onChange={(event) => setRouting(event.target.value as 'fingers' | 'all')}
        >
          <option value="fingers">by fingers</option>
          <option value="all">with lists</option>
        </Select>
      </div>
    </div>
  )
}

export function AnotherRing({ act }: { act: Act }): ReactNode {
  // Any ring will do: the engine's simulation depends on the seed alone.
  const draw = (): void => act({ kind: 'another', seed: Math.floor(Math.random() * 2 ** 32) })
  return <IconButton icon={Dices} label="Another ring" onClick={draw} />
}

/** A place of the ring, and what is done with it. */
function NumberForm(props: {
  label: string
  /** What stands before the field. */
  word: string
  value: string
  onChange: (value: string) => void
  button: string
  disabled?: boolean
  /** What is wrong with it besides its not being a place. */
  problemOf?: (value: number) => string | undefined
  onSubmit: (value: number) => void
}): ReactNode {
  const { label, word, value, button, disabled = false } = props
  const [problem, setProblem] = useState<string>()
  const notes = useId()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const number = /^\d{1,2}$/.test(value.trim()) ? Number(value) : Number.NaN
    const wrong = number < PLACES ? props.problemOf?.(number) : `Enter a number from 0 to ${PLACES - 1}.`
    setProblem(wrong)
    if (wrong === undefined) props.onSubmit(number)
  }
  return (
    <form noValidate onSubmit={submit} className="relative flex items-center gap-1.5">
      <span aria-hidden className="text-muted">
        {word}
      </span>
      <TextInput
        aria-label={label}
        title={label}
        inputMode="numeric"
        value={value}
        onChange={(event) => {
          setProblem(undefined)
          props.onChange(event.target.value)
        }}
        {...(problem ? { 'aria-invalid': true, 'aria-describedby': notes } : {})}
        className="max-w-11 text-center tabular-nums"
      />
      <Button type="submit" disabled={disabled}>
        {button}
      </Button>
      {problem && (
        <div className="absolute top-0 left-0 w-72">
          <FormProblem id={notes}>{problem}</FormProblem>
        </div>
      )}
    </form>
  )
}
