/** Mining: off until a person starts it, and honest about what it brings. */
import type { ReactNode } from 'react'
import { firstOf, useChainInfo } from '../../client/context.tsx'
import type { MinerStatus } from '../../client/types.ts'
import { Notice } from '../../ui/notice.tsx'
import { GenerateBlocks } from './generate-blocks.tsx'
import { MiningChart } from './mining-chart.tsx'
import { MiningControls } from './mining-controls.tsx'
import { MiningFigures } from './mining-figures.tsx'
import { expectedHint } from './mining-words.ts'
import { useSamples } from './use-samples.ts'

export function MiningPanel({ status }: { status: MinerStatus }): ReactNode {
  const network = firstOf(useChainInfo())?.network
  const samples = useSamples(status)
  return (
    <section aria-label="Mining" className="@container h-full overflow-y-auto">
      <div className="grid gap-x-8 gap-y-5 px-4 py-4 @min-[760px]:grid-cols-[300px_minmax(0,1fr)]">
        <div className="flex flex-col gap-4">
          <MiningControls status={status} />
          {network === 'local' && <GenerateBlocks />}
          <p className="text-caption text-pretty text-muted">
            Never starts by itself. One cheap mining machine (an ASIC) outruns every desktop, so where others mine with
            such machines, expect next to nothing.
          </p>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {status.notice && <Notice tone="warning">{status.notice}</Notice>}
          <MiningFigures status={status} />
          <p className="-mt-1 text-caption text-muted">{expectedHint(status)}</p>
          <MiningChart samples={samples} blockInterval={status.blockInterval} />
        </div>
      </div>
    </section>
  )
}
