/** Checks what somebody chose against the description of an experiment; what was left out is as in the description. */
import type { ExperimentDescription, OptionDescription, OptionValue, OptionValues } from './experiment.ts'
import { LabError } from './lab-error.ts'

/** How far from a multiple of its step a number may be: as far as decimal fractions are in binary. */
const ROUNDING = 1e-6

/** @returns a value for every option. @throws LabError BAD_OPTION */
export function checkedOptions(description: ExperimentDescription, given: OptionValues): OptionValues {
  const known = description.options.map(({ name }) => name)
  const stranger = Object.keys(given).find((name) => !known.includes(name))
  if (stranger !== undefined) throw bad(stranger, 'is not one of this experiment. Leave it out.')
  return Object.fromEntries(
    description.options.map((option) => {
      const value = Object.hasOwn(given, option.name) ? given[option.name] : undefined
      return [option.name, value === undefined ? option.default : checked(option, value)]
    }),
  )
}

function checked(option: OptionDescription, value: OptionValue): OptionValue {
  const { label } = option
  switch (option.kind) {
    case 'number': {
      const { min, max, step, unit } = option
      const range = `${plain(min)} to ${plain(max)}${unit === undefined ? '' : ` ${unit}`}`
      if (typeof value !== 'number' || !(value >= min && value <= max))
        throw bad(label, `goes from ${range}. Change it.`)
      const steps = value / step
      if (Math.abs(steps - Math.round(steps)) > ROUNDING) {
        throw bad(
          label,
          step === 1 ? `is a whole number from ${range}. Change it.` : `goes in steps of ${step}. Change it.`,
        )
      }
      return value
    }
    case 'toggle':
      if (typeof value !== 'boolean') throw bad(label, 'is on or off. Choose one of the two.')
      return value
    case 'one':
      if (!option.choices.some((choice) => choice.value === value))
        throw bad(label, `is one of ${listed(option)}. Choose one.`)
      return value
    case 'several': {
      if (!Array.isArray(value) || value.length === 0) throw bad(label, 'is empty. Choose at least one.')
      const values = option.choices.map((choice) => choice.value)
      if (value.some((one) => !values.includes(one)))
        throw bad(label, `has more than ${listed(option)}. Choose of these.`)
      // In the order of the description, each once: the same choice is the same run.
      return values.filter((one) => value.includes(one))
    }
  }
}

function plain(value: number): string {
  return value.toLocaleString('en')
}

function listed({ choices }: { readonly choices: readonly { readonly label: string }[] }): string {
  return choices.map((choice) => choice.label).join(', ')
}

function bad(option: string, why: string): LabError {
  return new LabError({ code: 'BAD_OPTION', option, why })
}
