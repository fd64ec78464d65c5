/** Where in the chain a moment lies, by median times past, which never fall along it (BIP 113). */

/** Seconds by which clocks of miners and of a person may differ: as far as headers may be ahead. */
export const TIME_MARGIN = 2 * 3_600

export interface DatedChain {
  readonly tipHeight: number
  /** Seconds, of the block of the best chain at a height up to the tip's. */
  medianTimePastAt(height: number): number
}

/** Height of the first block whose median time past is at or after `time` (seconds since 1970) less the margin; the tip's where there is none. */
export function heightAtTime(chain: DatedChain, time: number): number {
  const wanted = time - TIME_MARGIN
  let low = 0
  let high = chain.tipHeight
  while (low < high) {
    const middle = (low + high) >>> 1
    if (chain.medianTimePastAt(middle) < wanted) low = middle + 1
    else high = middle
  }
  return low
}
