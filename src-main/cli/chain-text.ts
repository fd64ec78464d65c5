/** Blocks, transactions, addresses and the chain itself for people. */
import type {
  AddressPage,
  BlockPage,
  BlockRow,
  ChainInfo,
  MempoolInfo,
  TransactionPage,
  TransactionRow,
  TransferEntry,
} from '#shared/contract/chain.ts'
import {
  formatAbout,
  formatBytes,
  formatCount,
  formatDateTime,
  formatEstimate,
  formatPercent,
  formatPlural,
  shortenMiddle,
} from '#shared/format.ts'
import { amount, coins } from './amounts.ts'
import { bar, type Column, cut, table } from './words.ts'

/** Letters of a hash at its ends where it stands in a table. */
const SHORT_HASH = 8
const TITLE_WIDTH = 15

const STATES: Readonly<Record<ChainInfo['state'], string>> = {
  off: 'off',
  starting: 'being opened',
  rebuilding: 'being rebuilt from its blocks',
  'initial-sync': 'catching up',
  synced: 'up to date',
  'no-space': 'waiting for space on the disk',
  failed: 'not open',
}

/** With the first block alone and nobody to hear of others from, nothing is known to be up to date. */
export function stateText({ state, height, peers }: Pick<ChainInfo, 'state' | 'height' | 'peers'>): string {
  return state === 'synced' && height === 0 && peers === 0 ? 'no peers yet' : STATES[state]
}

type Pair = readonly [title: string, text: string | undefined]

/** Titles and texts under each other; a pair without a text is left out. */
export function pairs(all: readonly Pair[]): string {
  return all
    .filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
    .map(([title, text]) => `${title.padEnd(TITLE_WIDTH)}${text}`)
    .join('\n')
}

const seconds = (unix: number) => formatDateTime(unix * 1_000)
const short = (hash: string) => shortenMiddle(hash, SHORT_HASH, SHORT_HASH)

export function infoText(info: ChainInfo): string {
  const { state, network, mode, height, tip, headers, light } = info
  if (state === 'off') return `The chain is off; turn it on with: shoal settings set chain true`
  const start: [string, string | undefined][] = [
    ['network', network],
    ['state', stateText(info)],
    ['progress', progressText(info)],
  ]
  // Not open yet, or it could not be: nothing of it is known.
  if (/^0*$/.test(tip)) return pairs([...start, ['mode', mode], ['notice', info.notice]])
  return pairs([
    ...start,
    [
      'mode',
      info.keptFrom === undefined || info.keptFrom === 0
        ? mode
        : `${mode}, blocks from ${formatCount(info.keptFrom)} on`,
    ],
    ['height', headers > height ? `${formatCount(height)} of ${formatCount(headers)}` : formatCount(height)],
    ['tip', tip],
    ['time', info.tipTime > 0 ? seconds(info.tipTime) : undefined],
    ['difficulty', `${formatAbout(info.difficulty)} hashes a block`],
    ['work', info.work],
    ['peers', formatCount(info.peers)],
    ['listens', info.listening ?? 'at no port'],
    ['disk', formatBytes(info.diskBytes)],
    [
      'coins',
      info.supply === undefined ? undefined : `${amount(info.supply)} in ${formatPlural(info.coins ?? 0, 'output')}`,
    ],
    ['signatures', info.signatures === 'native' ? 'native' : 'JavaScript, some fifty times slower'],
    ['filters', light && `checked up to ${formatCount(light.filters)}, ${formatPlural(light.sources, 'source')}`],
    ['notice', info.notice],
  ])
}

/** One line about catching up or a rebuild; undefined while there is neither. */
export function progressText({ progress }: ChainInfo): string | undefined {
  if (!progress) return undefined
  const { done, total, rate, remaining } = progress
  const fraction = total > 0 ? done / total : 1
  const left = remaining === undefined ? '' : `  ${formatEstimate(remaining)} left`
  return `${bar(fraction)} ${formatPercent(fraction)}  ${formatCount(done)} of ${formatPlural(total, 'block')}  ${formatCount(Math.round(rate))}/s${left}`
}

const BLOCK_COLUMNS: readonly Column<BlockRow>[] = [
  { title: 'HEIGHT', align: 'right', cell: ({ height }) => formatCount(height) },
  { title: 'HASH', align: 'left', cell: ({ id }) => id },
  { title: 'TIME', align: 'left', cell: ({ time }) => seconds(time) },
  {
    title: 'TXS',
    align: 'right',
    cell: ({ transactions }) => (transactions === undefined ? '' : formatCount(transactions)),
  },
  { title: 'SIZE', align: 'right', cell: ({ size }) => (size === undefined ? '' : formatBytes(size)) },
  { title: 'REWARD', align: 'right', cell: ({ reward }) => (reward === undefined ? '' : coins(reward)) },
  { title: 'MINER', align: 'left', cell: ({ miner = '' }) => shortenMiddle(miner, 12, 6) },
]

export function blocksText(rows: readonly BlockRow[]): string {
  return rows.length > 0 ? table(BLOCK_COLUMNS, rows) : 'No blocks there.'
}

const CONTENTS: Readonly<Record<BlockPage['contents'], string | undefined>> = {
  kept: undefined,
  pruned: 'not kept any more: this node keeps the newest blocks only',
  'headers-only': 'never kept: this node has headers only',
}

export function blockText(page: BlockPage, rows: readonly TransactionRow[]): string {
  const facts = pairs([
    ['block', page.id],
    ['height', `${formatCount(page.height)}${page.inBestChain ? '' : ', on a side branch'}`],
    ['confirmations', formatCount(page.confirmations)],
    ['time', `${seconds(page.time)} (median ${seconds(page.medianTime)})`],
    ['previous', page.previous],
    ['next', page.next],
    ['merkle root', page.merkleRoot],
    ['version', `0x${(page.version >>> 0).toString(16).padStart(8, '0')}`],
    ['bits', `${page.bits}, ${formatAbout(page.difficulty)} hashes`],
    ['nonce', String(page.nonce)],
    ['work', page.work],
    [
      'size',
      page.size === undefined ? undefined : `${formatBytes(page.size)}, weight ${formatCount(page.weight ?? 0)}`,
    ],
    ['reward', page.reward === undefined ? undefined : `${amount(page.reward)}, fees ${amount(page.fees ?? 0n)}`],
    ['miner', page.miner],
    ['says', page.coinbaseText],
    ['transactions', page.transactions === undefined ? undefined : formatCount(page.transactions)],
    ['contents', CONTENTS[page.contents]],
  ])
  return rows.length > 0 ? `${facts}\n\n${table(TRANSACTION_COLUMNS, rows)}` : facts
}

const TRANSACTION_COLUMNS: readonly Column<TransactionRow>[] = [
  { title: 'TXID', align: 'left', cell: ({ id }) => id },
  { title: 'VSIZE', align: 'right', cell: ({ virtualSize }) => formatCount(virtualSize) },
  {
    title: 'FEE',
    align: 'right',
    cell: ({ fee, isCoinbase }) => (isCoinbase ? 'coinbase' : fee === undefined ? '' : coins(fee)),
  },
  { title: 'VALUE', align: 'right', cell: ({ value }) => coins(value) },
]

export function transactionText(page: TransactionPage): string {
  const { height, blockHash, from, to, inputs, outputs } = page
  const where = height === undefined ? 'in the mempool' : `${formatCount(height)}, block ${blockHash ?? ''}`
  const facts = pairs([
    ['transaction', page.id],
    ['wtxid', page.wtxid === page.id ? undefined : page.wtxid],
    ['height', where],
    ['confirmations', formatCount(page.confirmations)],
    ['time', seconds(page.time)],
    ['size', `${formatBytes(page.size)}, ${formatCount(page.virtualSize)} virtual bytes`],
    ['fee', page.isCoinbase ? 'none: it makes new coins' : amount(page.fee)],
    ['value', amount(page.value)],
    ['lock time', page.lockTime === 0 ? undefined : String(page.lockTime)],
    ['replaceable', page.replaceable && height === undefined ? 'another may take its place' : undefined],
  ])
  return [facts, '', sideText('From', from, inputs), '', sideText('To', to, outputs)].join('\n')
}

function sideText(title: string, entries: readonly TransferEntry[], count: number): string {
  const more = count > entries.length ? [`  and ${formatCount(count - entries.length)} more`] : []
  return [`${title} (${formatCount(count)})`, ...entries.map((entry) => `  ${entryText(entry)}`), ...more].join('\n')
}

function entryText({ address, kind, value, text, outpoint, spentBy }: TransferEntry): string {
  const spends = outpoint && `of ${short(outpoint.txid)}:${outpoint.index}`
  const spent =
    spentBy === undefined || spentBy === false ? undefined : spentBy === true ? 'spent' : `spent by ${short(spentBy)}`
  const said = text === undefined || text === '' ? undefined : `“${cut(text, 60)}”`
  return [address ?? kind, amount(value), said, spends, spent]
    .filter((part) => part !== undefined && part !== '')
    .join('  ')
}

const HISTORY_COLUMNS: readonly Column<AddressPage['history'][number]>[] = [
  { title: 'HEIGHT', align: 'right', cell: ({ height }) => (height === undefined ? 'mempool' : formatCount(height)) },
  { title: 'TIME', align: 'left', cell: ({ time }) => seconds(time) },
  { title: 'CHANGE', align: 'right', cell: ({ delta }) => `${delta > 0n ? '+' : ''}${coins(delta)}` },
  { title: 'TXID', align: 'left', cell: ({ id }) => id },
]

export function addressText(page: AddressPage): string {
  const covered = {
    complete: undefined,
    partial: `only from block ${formatCount(page.knownFrom ?? 0)} on: older ones are not kept`,
    none: 'this mode keeps no index of addresses; an archive node does',
  }[page.coverage]
  const facts = pairs([
    ['address', page.address],
    ['kind', page.kind],
    ['balance', amount(page.balance)],
    ['received', amount(page.received)],
    ['unconfirmed', page.unconfirmed === 0n ? undefined : amount(page.unconfirmed)],
    ['transactions', formatCount(page.transactions)],
    ['known', covered],
  ])
  return page.history.length > 0 ? `${facts}\n\n${table(HISTORY_COLUMNS, page.history)}` : facts
}

const BAND_COLUMNS: readonly Column<MempoolInfo['bands'][number]>[] = [
  { title: 'FROM', align: 'right', cell: ({ from }) => `${from}` },
  { title: 'TXS', align: 'right', cell: ({ transactions }) => formatCount(transactions) },
  { title: 'VIRTUAL BYTES', align: 'right', cell: ({ virtualBytes }) => formatCount(virtualBytes) },
]

export function mempoolText(info: MempoolInfo, newest: readonly TransactionRow[]): string {
  const facts = pairs([
    ['transactions', formatCount(info.transactions)],
    ['virtual bytes', formatCount(info.virtualBytes)],
    ['memory', `${formatBytes(info.memory)} of ${formatBytes(info.memoryLimit)}`],
    ['fees', amount(info.fees)],
    ['least fee', `${formatPlural(info.minimumFeeRate, 'grain')} a virtual byte`],
  ])
  const filled = info.bands.filter(({ transactions }) => transactions > 0)
  return [
    facts,
    ...(filled.length > 0 ? ['', 'By fee rate, grains a virtual byte', table(BAND_COLUMNS, filled)] : []),
    ...(newest.length > 0 ? ['', 'Newest', table(TRANSACTION_COLUMNS, newest)] : []),
  ].join('\n')
}
