/** Which of the runs of an experiment is looked at: the newest, or an earlier one that is still kept. */
import type { ReactNode } from 'react'
import type { LabExperiment, LabRun } from '../../client/types.ts'
import { Field, Select } from '../../ui/field.tsx'

export function RunChoice(props: {
  runs: readonly LabRun[]
  shown: LabRun
  experiment: LabExperiment
  onChoose: (run: string) => void
}): ReactNode {
  return (
    <div className="max-w-120">
      <Field label="Run">
        {(wiring) => (
          <Select {...wiring} value={props.shown.id} onChange={(event) => props.onChoose(event.target.value)}>
            {[...props.runs].reverse().map((run) => (
              <option key={run.id} value={run.id}>
                {runTitle(run, props.experiment)}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  )
}

/** Its number, how it stands, and what was not as usual. */
function runTitle({ id, state, options }: LabRun, { options: described }: LabExperiment): string {
  const unusual = described
    .filter(({ name, default: usual }) => JSON.stringify(options[name]) !== JSON.stringify(usual))
    .map(({ name, label }) => `${label} ${listed(options[name])}`)
  return `${id}, ${state}: ${unusual.length === 0 ? 'as usual' : unusual.join(', ')}`
}

function listed(value: LabRun['options'][string] | undefined): string {
  if (Array.isArray(value)) return value.join(' ')
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value ?? '')
}
