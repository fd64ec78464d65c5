import { expect, test } from 'vitest'
import type { HistoryRow } from '#shared/contract/wallet.ts'
import { EXPORT_PAGE_CHARACTERS, historyPage } from './history-csv.ts'

const row: HistoryRow = {
  id: 'ab'.repeat(32),
  kind: 'sent',
  status: 'confirmed',
  trust: 'fresh',
  time: 1_800_000_000,
  height: 7,
  confirmations: 3,
  delta: -150_000_000n,
  fee: 141n,
  feeRate: 1,
  virtualSize: 141,
  addresses: ['shl1qa', 'shl1qb'],
  contacts: ['Ada', 'Bob'],
  label: 'rent',
  maturesIn: 0,
  canBump: false,
  canSpeedUpByChild: false,
  canAbandon: false,
  canRebroadcast: false,
  refused: '',
}
const same = (each: HistoryRow) => each
const lines = (...rows: HistoryRow[]) => historyPage(rows, same, undefined).text.split('\r\n')

test('a row for each transaction under a row of titles; every line ends with CRLF', () => {
  expect(lines(row)).toEqual([
    'Time,Status,Kind,Amount (SHL),Fee (SHL),Addresses,Contacts,Label,Height,Confirmations,Transaction',
    `2027-01-15T08:00:00.000Z,confirmed,sent,-1.5,0.00000141,shl1qa shl1qb,"Ada, Bob",rent,7,3,${'ab'.repeat(32)}`,
    '',
  ])
})

test('what is not known is empty', () => {
  const { fee: _, height: __, ...rest } = row
  expect(lines(rest)[1]).toBe(
    `2027-01-15T08:00:00.000Z,confirmed,sent,-1.5,,shl1qa shl1qb,"Ada, Bob",rent,,3,${'ab'.repeat(32)}`,
  )
})

test.each([
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['a "quoted" word', '"a ""quoted"" word"'],
  ['a,b', '"a,b"'],
  ['1=2', '1=2'],
])('the label %j is written as %s', (label, cell) => {
  expect(lines({ ...row, label, contacts: [] })[1]).toContain(`shl1qa shl1qb,,${cell},7,3`)
})

test('a long history comes in pages, with titles in the first; what comes in meanwhile shifts none', () => {
  const label = '"'.repeat(500)
  const rows = Array.from({ length: 5_000 }, (_, n) => ({ ...row, label, id: n.toString(16).padStart(64, '0') }))
  const first = historyPage(rows, same, undefined)
  const texts = [first.text]
  const news = { ...row, id: 'ff'.repeat(32) }
  for (let from = first.next; from !== undefined; ) {
    const { text, next } = historyPage([news, ...rows], same, from)
    texts.push(text)
    from = next
  }
  expect(texts.length).toBeGreaterThan(2)
  for (const text of texts) {
    expect(text.length).toBeLessThan(1.1 * EXPORT_PAGE_CHARACTERS)
    expect(text.endsWith('\r\n')).toBe(true)
  }
  const [titles, ...written] = texts.join('').trimEnd().split('\r\n')
  expect(titles?.startsWith('Time,')).toBe(true)
  expect(written.map((line) => line.split(',').at(-1))).toEqual(rows.map(({ id }) => id))
})

test('from beyond the end, or from none, nothing is left out or made up', () => {
  expect(historyPage([row], same, 9)).toEqual({ text: `${lines(row)[1]}\r\n` })
  expect(historyPage([row], same, 0)).toEqual({ text: '' })
  expect(lines()).toHaveLength(2)
})
