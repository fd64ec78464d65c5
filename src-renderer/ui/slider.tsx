import { type CSSProperties, type ReactNode, useEffect, useId, useState } from 'react'

/** Drawn by hand: the browser's own track is white in the dark. */
const LOOK = [
  'mt-1 block h-4 w-full appearance-none rounded-full bg-transparent disabled:opacity-50',
  '[&::-webkit-slider-runnable-track]:h-1.5 [&::-webkit-slider-runnable-track]:rounded-full',
  '[&::-webkit-slider-runnable-track]:bg-[linear-gradient(to_right,var(--fill)_var(--filled),var(--track)_var(--filled))]',
  '[&::-webkit-slider-thumb]:-mt-1 [&::-webkit-slider-thumb]:size-3.5 [&::-webkit-slider-thumb]:appearance-none',
  '[&::-webkit-slider-thumb]:rounded-full [&::-webkit-slider-thumb]:bg-accent-text',
].join(' ')

/** A pulled or stepped slider is told of once it has stood still for so long. */
const SETTLED_MS = 150

/** A whole number within bounds, adjusted by pulling or by the arrow keys. */
export function Slider(props: {
  label: string
  value: number
  min: number
  max: number
  step?: number
  /** The value in words, shown and read out. */
  words: (value: number) => string
  hint?: string
  onChange: (value: number) => void
}): ReactNode {
  const { value, onChange } = props
  const id = useId()
  const [pulled, setPulled] = useState<number>()
  useEffect(() => {
    if (pulled === undefined) return
    const timer = setTimeout(() => {
      if (pulled !== value) onChange(pulled)
      setPulled(undefined)
    }, SETTLED_MS)
    return () => clearTimeout(timer)
  }, [pulled, value, onChange])
  const shown = pulled ?? value
  return (
    <div className="min-w-0">
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="font-medium">
          {props.label}
        </label>
        <output htmlFor={id} className="text-muted tabular-nums">
          {props.words(shown)}
        </output>
      </div>
      <input
        type="range"
        id={id}
        min={props.min}
        max={props.max}
        step={props.step ?? 1}
        value={shown}
        disabled={props.max <= props.min}
        aria-valuetext={props.words(shown)}
        {...(props.hint ? { 'aria-describedby': `${id}-hint` } : {})}
        onChange={(event) => setPulled(Number(event.target.value))}
        style={{ '--filled': `${((shown - props.min) / Math.max(1, props.max - props.min)) * 100}%` } as CSSProperties}
        className={LOOK}
      />
      {props.hint && (
        <p id={`${id}-hint`} className="mt-1 text-caption text-muted">
          {props.hint}
        </p>
      )}
    </div>
  )
}
