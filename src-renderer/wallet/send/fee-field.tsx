/** How much is paid for being in a block soon: a target, or a rate of one's own. */
import type { ReactNode } from 'react'
import { rateText, rateUnit } from '#shared/amounts.ts'
import type { FeeEstimate } from '../../client/types.ts'
import { cx } from '../../ui/cx.ts'
import { Field, Problem, TextInput } from '../../ui/field.tsx'
import type { FeeForm } from './payment-form.ts'

const TARGETS = [1, 3, 10] as const
const TARGET_WORDS = { 1: 'Next block', 3: 'In 3 blocks', 10: 'In 10 blocks' } as const

export function FeeField(props: {
  value: FeeForm
  estimates: readonly FeeEstimate[]
  problem: string | undefined
  onChange: (fee: FeeForm) => void
}): ReactNode {
  const { value, estimates, problem, onChange } = props
  const minimum = estimates.length > 0 && estimates.every(({ basis }) => basis === 'minimum')
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Fee</legend>
      <div className="grid grid-cols-2 gap-2 @min-[560px]:grid-cols-4">
        {TARGETS.map((target) => (
          <Option
            key={target}
            title={TARGET_WORDS[target]}
            note={rateOf(estimates, target)}
            {...(isMinimum(estimates, target) ? { aside: 'minimum fee' } : {})}
            checked={value.kind === 'target' && value.target === target}
            onChoose={() => onChange({ kind: 'target', target })}
          />
        ))}
        <Option
          title="Your own"
          note="a rate"
          checked={value.kind === 'custom'}
          onChoose={() => value.kind !== 'custom' && onChange({ kind: 'custom', rate: '' })}
        />
      </div>
      {value.kind === 'custom' && (
        <div className="mt-3 max-w-60">
          <Field label="Grains for each virtual byte" error={problem}>
            {(wiring) => (
              <TextInput
                {...wiring}
                inputMode="decimal"
                maxLength={12}
                value={value.rate}
                onChange={(event) => onChange({ kind: 'custom', rate: event.target.value })}
                className="text-right tabular-nums"
              />
            )}
          </Field>
        </div>
      )}
      {value.kind === 'target' && problem && (
        <p className="mt-1 text-caption">
          <Problem>{problem}</Problem>
        </p>
      )}
      {minimum && (
        <p className="mt-1 text-caption text-muted">
          There is too little here to estimate from: all three are the minimum fee, the least that is passed on.
        </p>
      )}
    </fieldset>
  )
}

function Option(props: {
  title: string
  note: string
  aside?: string
  checked: boolean
  onChoose: () => void
}): ReactNode {
  return (
    <label
      className={cx(
        'flex items-start gap-2 rounded-sm border px-2.5 py-1.5 outline-offset-1 outline-focus hover:bg-hover has-focus-visible:outline-2',
        props.checked ? 'border-accent bg-selected' : 'border-line',
      )}
    >
      <input
        type="radio"
        name="wallet-fee"
        checked={props.checked}
        onChange={props.onChoose}
        className="mt-[3px] size-[14px] shrink-0 outline-none"
      />
      <span className="min-w-0">
        {props.title}
        <span className="block text-caption text-muted tabular-nums">{props.note}</span>
        {props.aside && <span className="block text-caption text-muted">{props.aside}</span>}
      </span>
    </label>
  )
}

function rateOf(estimates: readonly FeeEstimate[], target: number): string {
  const estimate = estimates.find((each) => each.target === target)
  return estimate ? `${rateText(estimate.feeRate)} ${rateUnit(estimate.feeRate)}` : ' '
}

const isMinimum = (estimates: readonly FeeEstimate[], target: number): boolean =>
  estimates.some((each) => each.target === target && each.basis === 'minimum')
