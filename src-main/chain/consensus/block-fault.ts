/** Why a header or block is refused. */

export interface BlockFault {
  /** Named as Bitcoin Core names it, such as `bad-txnmrklroot`. Of a script: `mandatory-script-verify-flag-failed (EVAL_FALSE)`. */
  readonly reason: string
  /**
   * `invalid`: no block with this hash can be good; it and all after it are remembered as bad.
   * `mutated`: the fault is in data that the hash does not cover, so another block with the same hash may be good
   * (CVE-2012-2459, witnesses); nothing is remembered.
   * `later`: it may be good later (time too far ahead); nothing is remembered.
   */
  readonly kind: 'invalid' | 'mutated' | 'later'
}

export function invalid(reason: string): BlockFault {
  return { reason, kind: 'invalid' }
}

export function mutated(reason: string): BlockFault {
  return { reason, kind: 'mutated' }
}
