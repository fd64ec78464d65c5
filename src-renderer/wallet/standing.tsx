/** What a person must know of the wallet, above every part of it: nothing while all is well. */
import type { ReactNode } from 'react'
import { useApp } from '../app/context.tsx'
import type { WalletSection } from '../app/state.ts'
import { firstOf, useChainInfo, useStatus } from '../client/context.tsx'
import type { ChainInfo, WalletInfo } from '../client/types.ts'
import { Button } from '../ui/button.tsx'
import { formatCount, formatDuration, formatEstimate, formatPercent, formatPlural } from '../ui/format.ts'
import { Notice } from '../ui/notice.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { useConfirmWords } from './setup/use-confirm-words.ts'

/** Where figures stand that a scan may still change. */
const SHOWS_FIGURES: ReadonlySet<WalletSection> = new Set([
  'overview',
  'send',
  'receive',
  'history',
  'coins',
  'settings',
])

export function Standing({ info, section }: { info: WalletInfo; section: WalletSection }): ReactNode {
  const confirmWords = useConfirmWords(info)
  return (
    <>
      {!info.wordsConfirmed && (
        <Notice
          tone="warning"
          edge
          action={
            <Button className="-my-1" onClick={confirmWords}>
              Confirm your words
            </Button>
          }
        >
          The words of this wallet are not confirmed: if this machine is lost without them, so are the coins. Confirm
          them before you rely on what comes. If they were not written down, put this wallet aside in its settings and
          make another before you use it.
        </Notice>
      )}
      {info.wordsConfirmed && info.notice && (
        <Notice tone="warning" edge>
          {info.notice}
        </Notice>
      )}
      {SHOWS_FIGURES.has(section) && (
        <>
          <Scan info={info} />
          <Chain info={info} />
        </>
      )}
    </>
  )
}

function Scan({ info: { scan } }: { info: WalletInfo }): ReactNode {
  const { progress, stuck } = scan
  if (stuck) {
    return (
      <Notice tone="warning" edge>
        {stuck}
      </Notice>
    )
  }
  if (!progress || progress.total === 0) return null
  const { done, total, rate, remaining } = progress
  const fraction = Math.min(1, done / total)
  const name = 'Looking through the chain for your coins'
  return (
    <section aria-label="Progress" className="shrink-0 border-b border-line px-4 py-2">
      <div className="flex flex-wrap items-baseline gap-x-4 tabular-nums">
        <span className="font-medium">{name}</span>
        <span>{formatPercent(fraction)}</span>
        <span className="text-muted">{formatPlural(Math.max(0, total - done), 'block')} left</span>
        {rate > 0 && <span className="text-muted">{formatCount(Math.round(rate))} blocks/s</span>}
        {remaining !== undefined && (
          <span className="text-muted">
            about {remaining < 60 ? formatDuration(remaining) : formatEstimate(remaining)} left
          </span>
        )}
      </div>
      <ProgressBar fraction={fraction} label={name} className="mt-1.5" />
    </section>
  )
}

/** What the wallet cannot know, because its chain cannot tell it. */
function Chain({ info }: { info: WalletInfo }): ReactNode {
  const chain = firstOf(useChainInfo())
  const status = firstOf(useStatus())
  const go = useApp((state) => state.go)
  const sentence = chain && chainSentence(info, chain, status?.network === 'local-only')
  if (sentence) {
    return (
      <Notice
        tone="info"
        edge
        action={
          chain.state === 'off' || (status?.network === 'local-only' && !status.offline) ? (
            <Button className="-my-1" onClick={() => go('settings')}>
              Open settings
            </Button>
          ) : undefined
        }
      >
        {sentence}
      </Notice>
    )
  }
  if (!info.light?.oneSource) return null
  return (
    <Notice tone="warning" edge>
      One source: what this light node knows of payments comes from a single peer, and what that peer leaves out is
      missing here. A second one is looked for.
    </Notice>
  )
}

function chainSentence(info: WalletInfo, chain: ChainInfo, localOnly: boolean): string {
  const at = `The wallet stands as of block ${formatCount(info.scan.height)}.`
  if (chain.state === 'off') return `The chain is switched off. ${at}`
  if (chain.state === 'failed') return `The chain cannot be opened: the Explorer says why. ${at}`
  if (chain.state === 'starting') return 'The chain is being opened.'
  if (chain.state === 'rebuilding') return `The chain is being rebuilt. ${at}`
  if (chain.peers > 0 || chain.network === 'local') return ''
  if (localOnly) return `Shoal talks to this machine only: payments neither come nor go. ${at}`
  return `No peer of the chain is connected: payments neither come nor go until one is found. ${at}`
}
