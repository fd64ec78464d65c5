/** How a run stands: how far it has come and what is left, or how it ended. */
import { CircleStop } from 'lucide-react'
import type { ReactNode } from 'react'
import type { LabRun } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { progressWords, standingOf } from './lab-words.ts'

export function RunStanding(props: { run: LabRun; title: string; onCancel: () => void }): ReactNode {
  const { run } = props
  if (run.state === 'failed') return <Notice tone="danger">{run.problem}</Notice>
  if (run.state === 'cancelled') return <Notice tone="info">{standingOf(run)}</Notice>
  const isOver = run.state === 'done'
  return (
    <div className="flex items-center gap-3">
      <div className="min-w-0 grow">
        <p role="status" className={isOver ? 'text-muted' : 'sr-only'}>
          {standingOf(run)}
        </p>
        {!isOver && (
          <>
            <p className="mb-1 tabular-nums">{run.state === 'queued' ? standingOf(run) : progressWords(run)}</p>
            <ProgressBar fraction={run.fraction} label={`Progress of ${props.title}`} />
          </>
        )}
      </div>
      {!isOver && (
        <Button icon={CircleStop} onClick={props.onCancel}>
          Cancel
        </Button>
      )}
    </div>
  )
}
