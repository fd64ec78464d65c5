/** What a person must know of how the chain stands, above every page of it: nothing while all is well. */
import type { ReactNode } from 'react'
import { useApp } from '../../app/context.tsx'
import { firstOf, useStatus } from '../../client/context.tsx'
import type { ChainInfo } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { formatCount, formatDuration, formatEstimate, formatPercent, formatPlural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'

export function Standing({ info }: { info: ChainInfo }): ReactNode {
  return (
    <>
      {(info.state === 'initial-sync' || info.state === 'rebuilding') && <Progress info={info} />}
      {info.state === 'no-space' && (
        <Notice tone="warning" edge action={<ToSettings />}>
          The disk is full: no new block can be kept. Free some space, or keep fewer blocks. What is kept is whole, and
          it goes on by itself.
        </Notice>
      )}
      <Alone info={info} />
      {info.mode === 'light' && info.light?.sources === 1 && (
        <Notice tone="warning" edge>
          One source: all filters come from a single peer, so what it leaves out is missing here. A second one is looked
          for.
        </Notice>
      )}
      {info.signatures === 'javascript' && info.state !== 'synced' && (
        <Notice tone="info" edge>
          Signatures are checked by JavaScript on this machine, some fifty times slower than natively. Nothing else
          differs.
        </Notice>
      )}
      {info.notice && (
        <Notice tone="info" edge>
          {info.notice}
        </Notice>
      )}
    </>
  )
}

function ToSettings(): ReactNode {
  const go = useApp((state) => state.go)
  return (
    <Button className="-my-1" onClick={() => go('settings')}>
      Open settings
    </Button>
  )
}

/** Nobody to hear of new blocks from: because the network is not allowed, or because none is found. */
function Alone({ info }: { info: ChainInfo }): ReactNode {
  const status = firstOf(useStatus())
  if (info.peers > 0 || info.network === 'local') return null
  if (status?.network === 'local-only') {
    return (
      <Notice tone="info" edge action={status.offline ? undefined : <ToSettings />}>
        Shoal talks to this machine only: the chain stands as it was last, at block {formatCount(info.height)}.
      </Notice>
    )
  }
  return (
    <Notice tone="info" edge>
      No peer of the chain is connected. Shoal looks for some; new blocks come once one is found.
    </Notice>
  )
}

function Progress({ info }: { info: ChainInfo }): ReactNode {
  const { progress } = info
  const rebuilding = info.state === 'rebuilding'
  const name = rebuilding ? 'Working out the coins again from the blocks' : 'Catching up with the chain'
  if (!progress || progress.total === 0) {
    return (
      <Notice tone="info" edge>
        {name}. How much there is to do is not known yet.
      </Notice>
    )
  }
  const { done, total, rate, remaining } = progress
  const fraction = Math.min(1, done / total)
  return (
    <section aria-label="Progress" className="shrink-0 border-b border-line px-4 py-2">
      <div className="flex flex-wrap items-baseline gap-x-4 tabular-nums">
        <span className="font-medium">{name}</span>
        <span>{formatPercent(fraction)}</span>
        <span className="text-muted">{formatPlural(Math.max(0, total - done), 'block')} left</span>
        <span className="text-muted">{rateWords(rate)}</span>
        {remaining !== undefined && <span className="text-muted">about {timeWords(remaining)} left</span>}
      </div>
      <ProgressBar fraction={fraction} label={name} className="mt-1.5" />
    </section>
  )
}

function rateWords(rate: number): string {
  return rate >= 10 ? `${formatCount(Math.round(rate))} blocks/s` : `${rate.toFixed(1)} blocks/s`
}

const timeWords = (seconds: number): string => (seconds < 60 ? formatDuration(seconds) : formatEstimate(seconds))
