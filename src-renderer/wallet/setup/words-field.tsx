/** Takes words that were written down: suggestions while one is typed, and what is wrong with them by place and word. */
import { CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import { cx } from '../../ui/cx.ts'
import { Field, TextArea } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'
import type { CheckedWords } from './use-checked-words.ts'

/** As many as fit in one row. */
const SHOWN = 6

export function WordsField(props: {
  value: string
  checked: CheckedWords | undefined
  error: string | undefined
  onChange: (value: string) => void
}): ReactNode {
  const { value, checked, onChange } = props
  const area = useRef<HTMLTextAreaElement>(null)
  const suggestions = checked?.suggestions.slice(0, SHOWN) ?? []
  const [first] = suggestions
  const take = (word: string): void => {
    onChange(withLast(value, word))
    area.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || first === undefined) return
    event.preventDefault()
    take(first)
  }
  return (
    <div className="flex flex-col gap-2">
      <Field label="Words" hint={<WordsState value={value} checked={checked} />} error={props.error}>
        {(wiring) => (
          <TextArea
            {...wiring}
            ref={area}
            data-autofocus=""
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            translate="no"
            rows={3}
            maxLength={2_000}
            placeholder="All of them, in their order, with spaces between"
            value={value}
            onChange={(event) => onChange(event.target.value)}
            onKeyDown={onKeyDown}
          />
        )}
      </Field>
      <div className="flex min-h-7 flex-wrap items-center gap-1">
        {suggestions.length > 0 && <span className="mr-1 text-caption text-muted">Enter takes the first:</span>}
        {suggestions.map((word, n) => (
          <button
            key={word}
            type="button"
            aria-label={`Take “${word}”`}
            onClick={() => take(word)}
            className={cx(
              'h-6 rounded-sm px-2 hover:bg-hover hover:text-text',
              n === 0 ? 'bg-selected text-accent-text' : 'bg-sunken text-muted',
            )}
          >
            {word}
          </button>
        ))}
      </div>
    </div>
  )
}

/** The text with its last word made whole, ready for the next one. */
export function withLast(text: string, word: string): string {
  return `${text.replace(/\S+$/, '')}${word} `
}

const COUNTS = '12, 15, 18, 21 or 24'

function WordsState({ value, checked }: { value: string; checked: CheckedWords | undefined }): ReactNode {
  if (!checked || value.trim() === '') return `${COUNTS} words, of any of the ten lists.`
  const words = value.trim().split(/\s+/)
  const [unknown] = checked.unknown
  if (unknown !== undefined) {
    const others = checked.unknown.length - 1
    return (
      <State icon={TriangleAlert} ink="text-danger">
        Word {unknown}, <bdi>“{words[unknown - 1]}”</bdi>, is in no list
        {others > 0 && `, and so ${others === 1 ? 'is one more' : `are ${others} more`}`}.
      </State>
    )
  }
  const count = formatPlural(checked.count, 'word')
  if (checked.checksum === 'right')
    return (
      <State icon={CircleCheck} ink="text-positive">
        {count}, and they belong together.
      </State>
    )
  if (checked.checksum === 'wrong')
    return (
      <State icon={TriangleAlert} ink="text-danger">
        {count}, but they do not belong together: one is wrong, or two have changed places.
      </State>
    )
  return (
    <State icon={CircleDashed} ink="text-muted">
      {count} so far. There are {COUNTS} in all.
    </State>
  )
}

function State(props: { icon: typeof CircleCheck; ink: string; children: ReactNode }): ReactNode {
  const Icon = props.icon
  return (
    <span role="status" className="flex items-start gap-1">
      <Icon size={14} aria-hidden className={cx('mt-px shrink-0', props.ink)} />
      <span className="min-w-0 break-words">{props.children}</span>
    </span>
  )
}
