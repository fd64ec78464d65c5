/** A row of blocks that is tampered with, step by step: each names what it follows, and says what it is now. */
import { Check, ChevronLeft, ChevronRight, type LucideIcon, Unlink, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { LabBlock, LabDrawing } from '../../client/types.ts'
import { IconButton } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { shortenMiddle } from '../../ui/format.ts'
import { ruleWords } from './lab-words.ts'

export function BlocksSection({ drawing }: { drawing: LabDrawing }): ReactNode {
  const { steps } = drawing
  const [chosen, setChosen] = useState(0)
  const at = Math.min(chosen, steps.length - 1)
  const step = steps[at]
  if (!step) return null
  const broken = step.blocks.filter(({ state }) => state !== 'valid').length
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-2">
        <IconButton label="Step before" icon={ChevronLeft} disabled={at === 0} onClick={() => setChosen(at - 1)} />
        <IconButton
          {...{ label: 'Next step', icon: ChevronRight, disabled: at === steps.length - 1 }}
          onClick={() => setChosen(at + 1)}
        />
        <p role="status" className="min-w-0">
          <span className="text-muted">
            Step {at + 1} of {steps.length}:
          </span>{' '}
          <span className="font-medium">{step.title}</span>
          <span className="text-muted">
            {' '}
            · {broken === 0 ? 'every block is valid' : `${broken} of ${step.blocks.length} blocks are not valid`}
          </span>
        </p>
      </div>
      <ol aria-label={`Blocks, step ${at + 1}`} className="flex flex-wrap gap-x-1 gap-y-2">
        {step.blocks.map((block) => (
          <li key={block.height} className="flex items-center gap-1">
            <Arrow block={block} />
            <BlockCard block={block} />
          </li>
        ))}
      </ol>
    </div>
  )
}

interface Standing {
  readonly icon: LucideIcon
  readonly word: string
  readonly look: string
  readonly ink: string
}

const STANDING: Readonly<Record<LabBlock['state'], Standing>> = {
  valid: { icon: Check, word: 'Valid', look: 'border-line bg-surface', ink: 'text-positive' },
  broken: { icon: X, word: 'Not valid', look: 'border-danger bg-danger-soft', ink: 'text-danger' },
  unlinked: { icon: Unlink, word: 'Not linked', look: 'border-danger bg-danger-soft', ink: 'text-danger' },
  after: { icon: X, word: 'Falls with it', look: 'border-warning bg-warning-soft', ink: 'text-warning' },
}

/** To the block before; broken where that is not the one it names. */
function Arrow({ block }: { block: LabBlock }): ReactNode {
  const isBroken = block.state === 'unlinked'
  return (
    <svg width={20} height={10} aria-hidden className="shrink-0">
      <path
        d={isBroken ? 'M20 5H16M9 2L14 8M14 2L9 8M7 5H1M4 2L1 5L4 8' : 'M20 5H1M4 2L1 5L4 8'}
        {...{ fill: 'none', strokeWidth: 1.5 }}
        className={isBroken ? 'stroke-danger' : 'stroke-line-control'}
      />
    </svg>
  )
}

function BlockCard({ block }: { block: LabBlock }): ReactNode {
  const { icon: Icon, word, look, ink } = STANDING[block.state]
  const { height, hash, previous, changed, reason } = block
  return (
    <div
      title={`Hash ${hash}\nfollows ${previous}`}
      className={cx('flex w-36 flex-col rounded-sm border px-2 py-1 text-caption', look)}
    >
      <span className="flex items-center justify-between gap-1">
        <span className="font-medium text-text">Block {height}</span>
        {changed && <span className="rounded-sm bg-selected px-1 font-medium text-accent-text">changed</span>}
      </span>
      <span className="font-mono text-muted">
        <span className="sr-only">Hash </span>
        {shortened(hash)}
      </span>
      <span className="text-muted">
        after <span className="font-mono">{shortened(previous)}</span>
      </span>
      <span className={cx('flex items-center gap-1 font-medium', ink)}>
        <Icon size={12} aria-hidden className="shrink-0" />
        {word}
      </span>
      <span className="min-h-4 text-muted">{reason === '' ? '' : ruleWords(reason)}</span>
    </div>
  )
}

/** The beginning is work: zeros in every block. */
function shortened(hash: string): string {
  return shortenMiddle(hash, 4, 8)
}
