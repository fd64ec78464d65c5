/** The Lab: experiments over simulated networks, on a thread of their own, with what has been published beside them. */
import { FlaskConical } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useApp } from '../../app/context.tsx'
import { TabBar } from '../../app/tab-bar.tsx'
import { type Feed, useLabRuns } from '../../client/context.tsx'
import type { LabExperiment, LabRun } from '../../client/types.ts'
import { useAsked } from '../../client/use-asked.ts'
import { cx } from '../../ui/cx.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import { PartSwitch } from '../part-switch.tsx'
import { OptionForm } from './option-form.tsx'
import { ReportView } from './report-view.tsx'
import { RunChoice } from './run-choice.tsx'
import { RunStanding } from './run-standing.tsx'
import { useLabActions } from './use-lab-actions.ts'

export function LabPage(): ReactNode {
  const runs = useLabRuns()
  const asked = useAsked('lab.experiments', (clients) => clients.lab.experiments())
  return (
    <>
      <TabBar title="Explorer">
        <PartSwitch />
      </TabBar>
      <div className="@container min-h-0 grow">
        {asked.state.status === 'failed' ? (
          <FeedFailed title="The Lab cannot be read" message={asked.state.message} onRetry={asked.retry} />
        ) : asked.state.status === 'loading' ? (
          <TableSkeleton label="Reading the Lab" />
        ) : (
          <Lab experiments={asked.state.value} runs={runs} />
        )}
      </div>
    </>
  )
}

function Lab({ experiments, runs }: { experiments: readonly LabExperiment[]; runs: Feed<LabRun> }): ReactNode {
  const name = useApp((state) => state.experiment)
  const show = useApp((state) => state.showExperiment)
  const shown = experiments.find((one) => one.name === name) ?? experiments[0]
  if (runs.state.status === 'failed') {
    return <FeedFailed title="The Lab cannot be read" message={runs.state.error.message} onRetry={runs.retry} />
  }
  if (runs.state.status !== 'ready' || !shown) return <TableSkeleton label="Reading the Lab" />
  const all = runs.state.items
  return (
    <div className="flex h-full flex-col overflow-y-auto @min-[960px]:flex-row @min-[960px]:overflow-hidden">
      <nav
        aria-label="Experiments"
        className="grid shrink-0 grid-cols-2 gap-1 border-line p-2 @max-[959px]:border-b @min-[960px]:w-72 @min-[960px]:grid-cols-1 @min-[960px]:content-start @min-[960px]:overflow-y-auto @min-[960px]:border-r"
      >
        {experiments.map((experiment) => (
          <ExperimentButton
            key={experiment.name}
            {...{ experiment, isShown: experiment === shown }}
            isRunning={all.some((run) => run.experiment === experiment.name && run.state === 'running')}
            onShow={() => show(experiment.name)}
          />
        ))}
      </nav>
      <div className="min-w-0 grow @min-[960px]:overflow-y-auto">
        <Experiment key={shown.name} experiment={shown} runs={all.filter((run) => run.experiment === shown.name)} />
      </div>
    </div>
  )
}

function ExperimentButton(props: {
  experiment: LabExperiment
  isShown: boolean
  isRunning: boolean
  onShow: () => void
}): ReactNode {
  const { title, summary } = props.experiment
  return (
    <button
      type="button"
      aria-current={props.isShown ? 'true' : undefined}
      onClick={props.onShow}
      className={cx(
        'flex flex-col items-start rounded-sm px-3 py-2 text-left -outline-offset-2',
        props.isShown ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      <span>
        <span className={cx('font-medium', props.isShown && 'text-accent-text')}>{title}</span>
        {props.isRunning && <span className="ml-2 text-caption text-accent-text">running</span>}
      </span>
      <span className="mt-0.5 block text-caption text-pretty text-muted">{summary}</span>
    </button>
  )
}

function Experiment({ experiment, runs }: { experiment: LabExperiment; runs: readonly LabRun[] }): ReactNode {
  const { start, cancel } = useLabActions()
  const [chosen, setChosen] = useState<string>()
  const newest = runs.at(-1)
  const run = runs.find(({ id }) => id === chosen) ?? newest
  const { name, title } = experiment
  const onRun = (options: LabRun['options']): void => {
    setChosen(undefined)
    start(name, options)
  }
  return (
    <div className="flex flex-col gap-4 p-4">
      <h2 className="text-title font-semibold">{title}</h2>
      <OptionForm experiment={experiment} earlier={newest?.options} onRun={onRun} />
      {run === undefined ? (
        <div className="border-t border-line">
          <EmptyState icon={FlaskConical} title="Nothing has been run yet">
            Choose the options, then press Run. Charts and tables fill while it runs, and it can be cancelled at any
            time.
          </EmptyState>
        </div>
      ) : (
        <section aria-label={`Results of ${title}`} className="flex flex-col gap-4 border-t border-line pt-4">
          {runs.length > 1 && <RunChoice runs={runs} shown={run} experiment={experiment} onChoose={setChosen} />}
          <RunStanding run={run} title={title} onCancel={() => cancel(run.id)} />
          <ReportView key={run.id} run={run} title={title} />
        </section>
      )}
    </div>
  )
}
