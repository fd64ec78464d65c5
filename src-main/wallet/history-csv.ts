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

export function historyCsv(rows: Iterable<HistoryRow>): string {
  const lines = [TITLES.join(',')]
  for (const row of rows) lines.push(lineOf(row))
  return `${lines.join('\r\n')}\r\n`
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
