/** The report of a run as it grows: its charts, tables and drawings, each to be saved by itself or all together. */
import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { firstOf, useLabReport } from '../../client/context.tsx'
import type { LabRun, LabSection } from '../../client/types.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import { BlocksSection } from './blocks-section.tsx'
import { ChartSection } from './chart-section.tsx'
import { TableSection } from './table-section.tsx'
import { useSaveCsv } from './use-lab-actions.ts'

export function ReportView({ run, title }: { run: LabRun; title: string }): ReactNode {
  const feed = useLabReport(run.id)
  const save = useSaveCsv()
  const report = firstOf(feed)
  if (!report) {
    if (feed.state.status !== 'failed') return <TableSkeleton label="Reading the report" />
    return <FeedFailed title="The report cannot be read" message={feed.state.error.message} onRetry={feed.retry} />
  }
  if (report.sections.length === 0) {
    const isComing = run.state === 'running' || run.state === 'queued'
    return <p className="text-muted">{isComing ? 'Nothing found yet.' : 'It had found nothing yet.'}</p>
  }
  return (
    <div className="flex flex-col gap-6">
      {report.sections.map((section) => (
        <article key={section.id} aria-label={section.title}>
          <div className="mb-1 flex items-center justify-between gap-2">
            <h3 className="font-semibold">{section.title}</h3>
            <IconButton
              label={`Save “${section.title}” as CSV`}
              icon={Download}
              onClick={() => void save(run.id, title, section)}
            />
          </div>
          <Section section={section} />
        </article>
      ))}
      <div>
        <Button icon={Download} onClick={() => void save(run.id, title)}>
          Save all as CSV
        </Button>
      </div>
    </div>
  )
}

function Section({ section }: { section: LabSection }): ReactNode {
  switch (section.kind) {
    case 'table':
      return <TableSection table={section} />
    case 'chart':
      return <ChartSection chart={section} />
    case 'blocks':
      return <BlocksSection drawing={section} />
  }
}
