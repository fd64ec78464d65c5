import type { BlockFault } from '../consensus/block-fault.ts'

/** Rules that a header, or the form of a compact block, breaks by itself: whoever passes it on has not looked at it. */
const HEADER_REASONS = new Set(['high-hash', 'bad-diffbits', 'time-too-old', 'bad-prevblk', 'bad-cmpctblock'])

/**
 * Whether who sent a block or header with this fault is to be blamed. A time too far ahead may be our own clock's fault. A
 * compact block may be passed on before it is checked, all but its header (BIP 152).
 */
export function isBlameworthy({ reason, kind }: BlockFault, way: 'header' | 'block' | 'compact'): boolean {
  // `duplicate-invalid`: it is known to be bad by what was found out here; an honest peer may not have looked yet.
  if (kind === 'later' || reason === 'duplicate-invalid') return false
  return way !== 'compact' || HEADER_REASONS.has(reason) || reason.startsWith('bad-version')
}
