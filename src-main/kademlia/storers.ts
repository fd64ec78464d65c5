import type { LookupResult } from './lookup-result.ts'
import type { SizeEstimate } from './size-estimate.ts'
import type { WriteTarget } from './write-at.ts'

/** Beyond the k nearest at most as many again. */
const MOST_TIMES_K = 2

/**
 * Whom to write to after a lookup: the k nearest that gave a token, and of those who answered besides, at most as many: the k
 * nearest with an id that fits its address (BEP 42), and whoever is within the distance at which the k nearest are expected. Where
 * somebody has placed nodes of his own next to the target, those beyond them hold it too.
 */
export function storersOf(
  result: LookupResult<{ readonly token: Uint8Array | undefined }>,
  k: number,
  size: SizeEstimate,
): WriteTarget[] {
  const willing: WriteTarget[] = []
  for (const { contact, payload } of result.payloads) {
    if (payload.token !== undefined) willing.push({ contact, token: payload.token })
  }
  const fitting = new Set(willing.filter(({ contact }) => contact.secure).slice(0, k))
  const [nearest, farther] = [willing.slice(0, k), willing.slice(k)]
  const expected = farther.filter((one) => !fitting.has(one) && size.isWithin(one.contact.id, result.target, k))
  return [...nearest, ...farther.filter((one) => fitting.has(one)), ...expected].slice(0, MOST_TIMES_K * k)
}
