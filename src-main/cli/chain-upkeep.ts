/** What may take long or lose something: `chain rebuild` and `chain mode`. */
import { type ChainInfo, type ChainMode, chainMode } from '#shared/contract/chain.ts'
import type { Clients } from '#shared/contract/index.ts'
import { formatBytes, formatPlural } from '#shared/format.ts'
import { codeOf } from '../kernel/errors.ts'
import { progressText } from './chain-text.ts'
import type { CommandContext } from './command.ts'
import { CommandError } from './command-error.ts'
import { follow } from './follow.ts'
import { interrupted } from './interrupted.ts'
import { Pace } from './pace.ts'
import { LOCAL_ONLY, stopped, withHost } from './with-host.ts'

export const MODES = chainMode.options

/** Begins a rebuild and follows it to its end. @throws CommandError INTERRUPTED, REBUILD_FAILED; ClientError */
export async function rebuildChain(clients: Clients, context: CommandContext): Promise<void> {
  const { out, stop } = context
  // Only for its clock, which paces the lines of progress.
  await withHost(context, LOCAL_ONLY, async ({ clock }) => {
    const pace = new Pace(clock, out.progressPeriod)
    const ending = new AbortController()
    void stopped(stop).then(() => ending.abort(interrupted('The rebuild goes on by itself; see: shoal chain info')))
    const feed = (listener: Parameters<Clients['chain']['state']>[1]) => clients.chain.state(undefined, listener)
    const atEnd = ([info]: readonly ChainInfo[]) => {
      if (info?.state !== 'rebuilding') return info
      const text = progressText(info)
      if (text !== undefined && pace.due()) out.progress({ ...info.progress }, text)
      return undefined
    }
    await clients.chain.rebuild()
    // The chain answers questions about its blocks only before and after a rebuild: this one settles at its end, or is refused
    // because the rebuild has begun, and then the state says when it ends.
    const whole = clients.chain.headers({ from: 0, limit: 1 }).catch((error: unknown) => {
      if (codeOf(error) !== 'REBUILDING') throw error
    })
    const watched = follow<ChainInfo, never>(
      feed,
      (items) => {
        atEnd(items)
        return undefined
      },
      ending.signal,
    )
    try {
      await Promise.race([whole, watched])
    } finally {
      ending.abort()
      for (const waiting of [whole, watched]) waiting.catch(() => {})
    }
    const info = await follow<ChainInfo, ChainInfo>(feed, atEnd, stop)
    if (info.state === 'failed' || info.state === 'off')
      throw new CommandError(
        { code: 'REBUILD_FAILED' },
        info.notice || 'The chain was closed meanwhile; start Shoal again.',
      )
    const { height, tip } = info
    out.done({ height, tip, state: info.state }, `Rebuilt: ${formatPlural(height, 'block')}, tip ${tip}`)
  })
}

/** Without `wanted` it says which mode holds; else what the change costs, and does it. @throws CommandError NOT_CONFIRMED */
export async function changeMode(
  clients: Clients,
  wanted: ChainMode | undefined,
  confirmed: boolean,
  { out }: CommandContext,
): Promise<void> {
  const { mode, keptFrom, diskBytes } = await clients.chain.info()
  if (wanted === undefined)
    return out.done({ mode, keptFrom, diskBytes }, `${mode} (${formatBytes(diskBytes)} on disk)`)
  const cost = await clients.chain.modeCost({ mode: wanted })
  out.event('cost', { mode: wanted, ...cost }, cost.statement)
  if (mode !== wanted) {
    if (!confirmed && (cost.frees > 0 || cost.downloadBlocks > 0)) {
      const message = `Nothing was changed; to do it: shoal chain mode ${wanted} --yes`
      throw new CommandError({ code: 'NOT_CONFIRMED' }, message)
    }
    await clients.chain.setMode({ mode: wanted })
  }
  out.done({ mode: wanted, before: mode, ...cost }, `The mode is ${wanted}.`)
}
