/** What each overlay of the engine gives to the service alike, and how it ends. */
import { type KeptItems, MAX_KEPT } from '../../items/kept-items.ts'
import { OverlaysError } from './overlays-error.ts'
import type { ServedOverlay } from './overlays-service.ts'
import type { RunningCalls } from './running-calls.ts'

export interface OverlayParts {
  /** Values of ours that are put again each hour. */
  readonly kept: KeptItems
  readonly calls: RunningCalls
  readonly nodes: { rejoin(): void; stop(): Promise<void> }
}

/** @param own what only this overlay can tell */
export function servedOverlay(
  { kept, calls, nodes }: OverlayParts,
  own: Pick<ServedOverlay, 'running' | 'state' | 'items'>,
): ServedOverlay {
  return {
    ...own,
    calls,
    keep: (item, stored) => {
      if (!kept.keep(item, stored)) throw new OverlaysError({ code: 'TOO_MANY_KEPT', limit: MAX_KEPT })
    },
    rejoin: () => nodes.rejoin(),
  }
}

export async function stopOverlay({ kept, calls, nodes }: OverlayParts): Promise<void> {
  kept.stop()
  calls.abandonAll()
  await nodes.stop()
}
