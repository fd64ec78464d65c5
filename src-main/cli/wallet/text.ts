/** The wallet for people. */
import { rateText, rateUnit } from '#shared/amounts.ts'
import type {
  AddressRow,
  CoinRow,
  ContactRow,
  FeeEstimate,
  HistoryRow,
  HistoryStatus,
  PaymentPlan,
  Trust,
  WalletInfo,
} from '#shared/contract/wallet.ts'
import {
  formatCount,
  formatDateTime,
  formatDuration,
  formatPercent,
  formatPlural,
  shortenMiddle,
} from '#shared/format.ts'
import { amount } from '../amounts.ts'
import { pairs } from '../chain-text.ts'
import { bar, type Column, cut, table } from '../words.ts'

const LABEL_WIDTH = 24
const SHORT = 8
const rate = (feeRate: number) => `${rateText(feeRate)} ${rateUnit(feeRate)}`
const time = (unix: number) => formatDateTime(unix * 1_000)
const short = (text: string) => shortenMiddle(text, SHORT, SHORT)
/** Where there is some. */
const some = (grains: bigint) => (grains === 0n ? undefined : amount(grains))

const STATES: Readonly<Record<WalletInfo['state'], string>> = {
  none: 'There is no wallet yet; make one with: shoal wallet create',
  opening: 'The wallet is being opened.',
  ready: '',
  damaged:
    'wallet.db cannot be read. Take the previous generation with "shoal wallet use-previous", or restore from the words.',
  failed: 'The wallet could not be opened.',
}

export function balanceText(info: WalletInfo): string {
  const { state, balance, scan, notice } = info
  if (state !== 'ready') return [STATES[state], notice].filter((line) => line !== '').join('\n')
  return pairs([
    ['available', amount(balance.available)],
    ['pending', some(balance.pending)],
    ['immature', some(balance.immature)],
    ['frozen', some(balance.frozen)],
    ['orphaned', some(balance.orphaned)],
    ['unconfirmed', info.unconfirmed === 0 ? undefined : formatPlural(info.unconfirmed, 'transaction')],
    ['keys', info.locked ? 'locked' : 'unlocked'],
    [
      'words',
      info.wordsConfirmed ? undefined : 'not confirmed yet: shoal wallet confirm; never written down: put-aside',
    ],
    ['scanned', scanText(scan)],
    ['notice', [scan.stuck, notice].filter((line) => line !== '').join(' ')],
  ])
}

function scanText({ height, target, progress }: WalletInfo['scan']): string {
  if (progress === undefined) return `to block ${formatCount(height)} of ${formatCount(target)}`
  const fraction = progress.total === 0 ? 1 : progress.done / progress.total
  const left = progress.remaining === undefined ? '' : `, ${formatDuration(progress.remaining)} left`
  return `${bar(fraction)} ${formatPercent(fraction)} of ${formatPlural(progress.total, 'block')}${left}`
}

export function feesText(estimates: readonly FeeEstimate[]): string {
  const lines = estimates.map(({ target, feeRate, basis }) => {
    const goal = target === 1 ? 'next block' : `${target} blocks`
    return `${goal.padEnd(12)}${rate(feeRate)}${basis === 'minimum' ? ' (minimum fee)' : ''}`
  })
  return lines.join('\n')
}

export function planText(plan: PaymentPlan): string {
  const { recipients, coins, total, fee, feeRate, virtualSize, change, remaining, warnings, speedsUp } = plan
  const to = recipients.map(({ address, amount: value, contact, label }) => {
    const name = contact || label
    return `  ${amount(value)} to ${address}${name === '' ? '' : ` (${cut(name, LABEL_WIDTH)})`}`
  })
  const facts = pairs([
    [
      'speeds up',
      speedsUp && `${speedsUp.txid}, fee so far ${speedsUp.fee === undefined ? 'unknown' : amount(speedsUp.fee)}`,
    ],
    ['amount', amount(total)],
    ['fee', `${amount(fee)}, ${rate(feeRate)}, ${formatCount(virtualSize)} vB`],
    ['coins', formatPlural(coins.length, 'coin')],
    ['change', change === undefined ? 'none' : amount(change)],
    ['remaining', amount(remaining)],
  ])
  return [...to, facts, ...warnings.map(({ message }) => `! ${message}`)].join('\n')
}

const TRUST: Readonly<Record<Trust, string>> = {
  unconfirmed: 'unconfirmed',
  fresh: 'fresh',
  likely: 'likely',
  settled: 'settled',
}
const STATUS: Readonly<Partial<Record<HistoryStatus, string>>> = {
  immature: 'immature',
  orphaned: 'orphaned',
  conflicted: 'conflicted',
  replaced: 'replaced',
  abandoned: 'abandoned',
}

export function historyTable(rows: readonly HistoryRow[]): string {
  const columns: readonly Column<HistoryRow>[] = [
    { title: 'time', align: 'left', cell: (row) => time(row.time) },
    { title: 'what', align: 'left', cell: ({ kind }) => kind },
    { title: 'amount', align: 'right', cell: ({ delta }) => amount(delta) },
    { title: 'state', align: 'left', cell: ({ status, trust }) => STATUS[status] ?? TRUST[trust] },
    { title: 'depth', align: 'right', cell: ({ confirmations }) => formatCount(confirmations) },
    { title: 'label', align: 'left', cell: ({ label, contacts }) => cut(label || (contacts[0] ?? ''), LABEL_WIDTH) },
    { title: 'transaction', align: 'left', cell: ({ id }) => id },
  ]
  return table(columns, rows)
}

export function coinsTable(rows: readonly CoinRow[]): string {
  const columns: readonly Column<CoinRow>[] = [
    { title: 'amount', align: 'right', cell: ({ value }) => amount(value) },
    { title: 'state', align: 'left', cell: ({ status }) => status },
    { title: 'depth', align: 'right', cell: ({ confirmations }) => formatCount(confirmations) },
    { title: 'address', align: 'left', cell: ({ address }) => short(address) },
    { title: 'label', align: 'left', cell: ({ label }) => cut(label, LABEL_WIDTH) },
    { title: 'coin', align: 'left', cell: ({ id }) => id },
  ]
  return table(columns, rows)
}

export function addressesTable(rows: readonly AddressRow[]): string {
  const columns: readonly Column<AddressRow>[] = [
    { title: 'address', align: 'left', cell: ({ id }) => id },
    { title: 'payments', align: 'right', cell: ({ payments }) => formatCount(payments) },
    { title: 'received', align: 'right', cell: ({ received }) => amount(received) },
    { title: 'path', align: 'left', cell: ({ path }) => path },
    { title: 'label', align: 'left', cell: ({ label }) => cut(label, LABEL_WIDTH) },
  ]
  return table(columns, rows)
}

export function contactsTable(rows: readonly ContactRow[]): string {
  const columns: readonly Column<ContactRow>[] = [
    { title: 'name', align: 'left', cell: ({ name }) => cut(name, LABEL_WIDTH) },
    { title: 'address', align: 'left', cell: ({ address }) => address },
    { title: 'note', align: 'left', cell: ({ note }) => cut(note, LABEL_WIDTH) },
    { title: 'id', align: 'left', cell: ({ id }) => id },
  ]
  return table(columns, rows)
}
