import { useEffect, useState } from 'react'
import { useClients } from '../../client/context.tsx'
import type { MinerSample, MinerStatus } from '../../client/types.ts'
import { useNow } from '../../ui/ago.tsx'
import { sampleOf, withHistory, withSample } from './samples.ts'

/** Ten minutes of mining: what the engine has kept, then a point each second while the panel is shown. */
export function useSamples(status: MinerStatus): readonly MinerSample[] {
  const { miner } = useClients()
  const now = useNow()
  const [samples, setSamples] = useState<readonly MinerSample[]>([])
  useEffect(() => {
    let shown = true
    miner.samples().then(
      (history) => shown && setSamples((live) => withHistory(live, history)),
      // The chart then begins with what comes live.
      () => {},
    )
    return () => {
      shown = false
    }
  }, [miner])
  // Sampled by the clock, not by the feed, which comes at irregular times.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the clock is the reason
  useEffect(() => setSamples((known) => withSample(known, sampleOf(status, now))), [now])
  return samples
}
