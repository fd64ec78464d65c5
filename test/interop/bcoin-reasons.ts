/**
 * Our reasons for refusing a block, which are Bitcoin Core's, as bcoin 1.0.2 calls them. Most names are the same; these are
 * not. A rule that bcoin does not have is no reason to it at all.
 */

/** Rules of ours that bcoin lacks: BIP 54. */
export const WITHOUT_NAME_IN_BCOIN: ReadonlySet<string> = new Set([
  'bad-cb-locktime',
  'bad-cb-sequence',
  'bad-txns-size',
  'bad-txns-legacy-sigops',
])

const OTHER_NAMES: Readonly<Record<string, string>> = {
  // A block after a bad one is "known" to bcoin as the bad one is.
  'bad-prevblk': 'duplicate',
  'bad-txns-accumulated-fee-outofrange': 'bad-cb-amount',
}

/** What bcoin calls it; undefined for a rule that it does not have. Details in brackets are not part of its names. */
export function bcoinReasonOf(reason: string): string | undefined {
  const name = reason.replace(/ ?\(.*\)$/, '')
  return WITHOUT_NAME_IN_BCOIN.has(name) ? undefined : (OTHER_NAMES[name] ?? name)
}
