import { textOf } from '../../kernel/bytes.ts'

/** Characters kept of a text that a tracker sent. */
export const MAX_TRACKER_TEXT = 500

/**
 * A text from a tracker, fit to be shown: UTF-8 with the bad parts replaced, control and direction-changing characters
 * turned into spaces, spaces joined, cut at 500 characters.
 */
export function trackerText(raw: Uint8Array | string): string {
  const text =
    typeof raw === 'string' ? raw.slice(0, 8 * MAX_TRACKER_TEXT) : textOf(raw.subarray(0, 8 * MAX_TRACKER_TEXT))
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return [...clean].slice(0, MAX_TRACKER_TEXT).join('')
}
