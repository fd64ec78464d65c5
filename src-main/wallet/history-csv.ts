/**
 * The history as a table for spreadsheets (RFC 4180): commas, quotes where they are needed, CRLF. A text that a spreadsheet
 * would take for a formula gets an apostrophe in front: labels come from payment links of strangers.
 */
import { coins } from '#shared/amounts.ts'
import type { HistoryRow } from '#shared/contract/wallet.ts'

const TITLES = [
  'Time',
  'Status',
  'Kind',
  'Amount (SHL)',
  'Fee (SHL)',
  'Addresses',
  'Contacts',
  'Label',
  'Height',
  'Confirmations',
  'Transaction',
]
const FORMULA = /^[=+\-@\t\r]/
const NEEDS_QUOTES = /[",\r\n]/
const SECOND = 1_000
/** Of a page, its last row left out: as text of a message, each character escaped, it is below 16 MiB. */
export const EXPORT_PAGE_CHARACTERS = 2_000_000

export interface HistoryPage {
  readonly text: string
  /** How many rows, counted from the oldest, the pages after this one have; undefined for none. */
  readonly next?: number
}

/** @param from `next` of the page before; undefined for the first, which has the titles */
export function historyPage<T>(
  history: readonly T[],
  rowOf: (entry: T) => HistoryRow,
  from: number | undefined,
): HistoryPage {
  const lines = from === undefined ? [TITLES.join(',')] : []
  let characters = 0
  let left = Math.min(from ?? history.length, history.length)
  while (left > 0 && characters < EXPORT_PAGE_CHARACTERS) {
    const line = lineOf(rowOf(history[history.length - left] as T))
    lines.push(line)
    characters += line.length
    left--
  }
  return { text: lines.map((line) => `${line}\r\n`).join(''), ...(left > 0 && { next: left }) }
}

/** Amounts are numbers of ours: a minus sign at their front stays. */
function lineOf(row: HistoryRow): string {
  return [
    new Date(row.time * SECOND).toISOString(),
    row.status,
    row.kind,
    coins(row.delta),
    row.fee === undefined ? '' : coins(row.fee),
    textCell(row.addresses.join(' ')),
    textCell(row.contacts.join(', ')),
    textCell(row.label),
    row.height === undefined ? '' : String(row.height),
    String(row.confirmations),
    row.id,
  ].join(',')
}

function textCell(text: string): string {
  const defused = FORMULA.test(text) ? `'${text}` : text
  return NEEDS_QUOTES.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused
}
