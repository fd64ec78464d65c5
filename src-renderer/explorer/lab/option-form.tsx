/** The options of an experiment, with bounds and what is usual. */
import { Play, RotateCcw } from 'lucide-react'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import type { LabExperiment, LabOption, LabOptionValue } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Field, Problem, Select, TextInput } from '../../ui/field.tsx'
import { type Draft, type DraftValue, draftOf, rangeOf, readDraft } from './option-draft.ts'

/** @param props.earlier the options of an earlier run, to begin with */
export function OptionForm(props: {
  experiment: LabExperiment
  earlier: Readonly<Record<string, LabOptionValue>> | undefined
  onRun: (values: Record<string, LabOptionValue>) => void
}): ReactNode {
  const { experiment } = props
  const [draft, setDraft] = useState<Draft>(() => draftOf(experiment, props.earlier))
  const { values, problems } = readDraft(experiment, draft)
  const set = (name: string, value: DraftValue): void => setDraft((old) => ({ ...old, [name]: value }))
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (Object.keys(problems).length === 0) props.onRun({ ...values })
  }
  return (
    <form aria-label={`Options of ${experiment.title}`} onSubmit={submit} className="flex flex-col gap-3">
      <div className="grid grid-cols-[repeat(auto-fill,minmax(150px,1fr))] gap-x-4 gap-y-3">
        {experiment.options.map((option) => (
          <OptionField
            key={option.name}
            {...{ option, value: draft[option.name] ?? '', problem: problems[option.name] }}
            onChange={(value) => set(option.name, value)}
          />
        ))}
      </div>
      <div className="flex gap-2">
        <Button type="submit" look="primary" icon={Play}>
          Run
        </Button>
        <Button look="quiet" icon={RotateCcw} onClick={() => setDraft(draftOf(experiment))}>
          Reset
        </Button>
      </div>
    </form>
  )
}

interface OptionFieldProps<Option extends LabOption> {
  readonly option: Option
  readonly value: DraftValue
  readonly problem: string | undefined
  readonly onChange: (value: DraftValue) => void
}

type OptionOf<Kind extends LabOption['kind']> = Extract<LabOption, { kind: Kind }>

function OptionField(props: OptionFieldProps<LabOption>): ReactNode {
  const { option, ...rest } = props
  switch (option.kind) {
    case 'number':
      return <NumberField option={option} {...rest} />
    case 'one':
      return <OneField option={option} {...rest} />
    case 'several':
      return <SeveralField option={option} {...rest} />
    case 'toggle':
      return (
        <div className="self-center">
          <Checkbox label={option.label} hint={option.hint} checked={rest.value === true} onChange={rest.onChange} />
        </div>
      )
  }
}

function NumberField({ option, value, problem, onChange }: OptionFieldProps<OptionOf<'number'>>): ReactNode {
  const { label, unit, hint } = option
  return (
    <Field
      label={unit === undefined ? label : `${label} (${unit})`}
      error={problem}
      hint={
        <>
          {rangeOf(option)}. {hint}
        </>
      }
    >
      {(wiring) => (
        <TextInput
          {...wiring}
          inputMode="decimal"
          value={String(value)}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

function OneField({ option, value, problem, onChange }: OptionFieldProps<OptionOf<'one'>>): ReactNode {
  return (
    <Field label={option.label} error={problem} hint={option.hint}>
      {(wiring) => (
        <Select {...wiring} value={String(value)} onChange={(event) => onChange(event.target.value)}>
          {option.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}

function SeveralField({ option, value, problem, onChange }: OptionFieldProps<OptionOf<'several'>>): ReactNode {
  const chosen = Array.isArray(value) ? (value as readonly string[]) : []
  return (
    <fieldset className="col-span-full min-w-0">
      <legend className="mb-1 font-medium">{option.label}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {option.choices.map((choice) => (
          <Checkbox
            key={choice.value}
            label={choice.label}
            checked={chosen.includes(choice.value)}
            onChange={(isOn) =>
              onChange(isOn ? [...chosen, choice.value] : chosen.filter((one) => one !== choice.value))
            }
          />
        ))}
      </div>
      {problem !== undefined && (
        <div className="mt-1 text-caption">
          <Problem>{problem}</Problem>
        </div>
      )}
    </fieldset>
  )
}
