/** Buttons that go through a lookup step by step, and the line that says where it is. */
import { Pause, Play, SkipBack, StepBack, StepForward } from 'lucide-react'
import type { ReactNode } from 'react'
import type { SearchState } from '../../client/types.ts'
import { IconButton } from '../../ui/button.tsx'
import { formatMilliseconds } from '../../ui/format.ts'
import { STEP_LOOKS } from '../search-words.ts'
import type { Walk } from './use-walk.ts'

export function WalkControls({ search, walk }: { search: SearchState; walk: Walk }): ReactNode {
  const none = search.steps.length === 0
  const where = whereWords(search, walk)
  return (
    <div className="flex shrink-0 items-center gap-1 px-3 pb-2">
      <IconButton label="To the start" icon={SkipBack} disabled={none || walk.shown === 0} onClick={walk.first} />
      <IconButton label="Step back" icon={StepBack} disabled={none || walk.shown === 0} onClick={walk.back} />
      {walk.isPlaying ? (
        <IconButton label="Pause" icon={Pause} onClick={walk.pause} />
      ) : (
        <IconButton label="Walk again" icon={Play} disabled={none} onClick={walk.play} />
      )}
      <IconButton label="Step on" icon={StepForward} disabled={walk.isAtEnd} onClick={walk.forward} />
      <p role="status" title={where} className="min-w-0 grow pl-2 text-muted leading-tight tabular-nums">
        {where}
      </p>
    </div>
  )
}

/** `Step 2 of 5, hop 2: 203.0.113.7:6881 answered after 41 ms`; at the end where the key lives. */
export function whereWords(search: SearchState, { shown, isAtEnd }: Pick<Walk, 'shown' | 'isAtEnd'>): string {
  const [owner] = search.result?.closest ?? []
  if (isAtEnd && owner) return `The key lives at ${owner.address}${search.steps.length === 0 ? ', as we knew' : ''}`
  const step = search.steps[shown - 1]
  if (!step) return search.steps.length === 0 ? 'Nobody has been asked' : 'Before the first step'
  const took = step.repliedAt === undefined ? '' : ` after ${formatMilliseconds(step.repliedAt - step.askedAt)}`
  const word = STEP_LOOKS[step.state].word.toLowerCase()
  return `Step ${shown} of ${search.steps.length}, hop ${step.hop}: ${step.address} ${word}${took}`
}
