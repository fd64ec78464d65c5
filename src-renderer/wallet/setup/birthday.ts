/** The day a wallet was made, as a field for dates holds it (`2026-11-22`, or empty). */

export type Birthday =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'date'; readonly seconds: number }
  | { readonly outcome: 'problem'; readonly sentence: string }

/** A day is taken a day early: the machine that made the wallet may have stood in another part of the world. */
const SLACK_S = 86_400

export function readBirthday(text: string, nowMs: number): Birthday {
  if (text === '') return { outcome: 'unknown' }
  const at = /^\d{4,6}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(at)) return { outcome: 'problem', sentence: 'Enter a day, or leave it empty.' }
  if (at > nowMs + SLACK_S * 1_000)
    return { outcome: 'problem', sentence: 'This day has not come yet. Enter an earlier one.' }
  return { outcome: 'date', seconds: Math.max(0, at / 1_000 - SLACK_S) }
}
