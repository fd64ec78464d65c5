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

/** Policy and rules of ours for transactions outside blocks that bcoin lacks. */
export const POLICY_WITHOUT_NAME_IN_BCOIN: ReadonlySet<string> = new Set([...WITHOUT_NAME_IN_BCOIN, 'tx-size-small'])

const OTHER_TRANSACTION_NAMES: Readonly<Record<string, readonly string[]>> = {
  // It looks at the fee first, and this one is negative.
  'bad-txns-in-belowout': ['bad-txns-in-belowout', 'insufficient priority'],
  'min relay fee not met': ['insufficient priority'],
  // It replaces nothing, so whatever spends what another transaction of its mempool spends is one too many.
  'insufficient fee': ['bad-txns-inputs-spent'],
  // To it all rules after BIP 16 are not mandatory outside blocks, witnesses among them.
  'mandatory-script-verify-flag-failed': ['mandatory-script-verify-flag', 'non-mandatory-script-verify-flag'],
}

/** What bcoin may call our reason against a transaction outside blocks; nothing where it has no such rule. */
export function bcoinTransactionReasonsOf(reason: string): readonly string[] {
  const name = reason.replace(/ ?\(.*\)$/, '')
  return POLICY_WITHOUT_NAME_IN_BCOIN.has(name) ? [] : (OTHER_TRANSACTION_NAMES[name] ?? [name])
}
