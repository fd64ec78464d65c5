/** A made-up wallet: its transactions, coins, addresses and contacts, all from their numbers. */
import type { AddressRow, CoinRow, HistoryRow, WalletContact, WalletInfo } from '../client/types.ts'
import { addressOf, COIN, TIP_HEIGHT, transactionId } from './generate-chain.ts'
import { randomFrom } from './random.ts'

const HOUR_S = 3_600
/** Numbers of addresses of the wallet itself. */
const OWN = 700

export const ownAddress = (n: number): string => addressOf(OWN + n)

export const CONTACTS: readonly WalletContact[] = [
  { id: '00000000000000a1', name: 'Bea Thornton', address: addressOf(801), note: 'Shares the recordings' },
  { id: '00000000000000a2', name: 'Corner shop', address: addressOf(802), note: '' },
  { id: '00000000000000a3', name: 'Dmitri', address: addressOf(803), note: 'Second machine, in the cellar' },
]

const LABELS = ['', '', 'Rent, October', '', 'For the recordings', '', '', 'Tea'] as const

const CONFIRMED: HistoryRow = {
  id: '',
  kind: 'received',
  status: 'confirmed',
  trust: 'settled',
  time: 0,
  confirmations: 0,
  delta: 0n,
  virtualSize: 141,
  addresses: [],
  contacts: [],
  label: '',
  maturesIn: 0,
  canBump: false,
  canSpeedUpByChild: false,
  canAbandon: false,
  canRebroadcast: false,
  refused: '',
}

/** The first ones stand for every state there is; the rest is an ordinary past. @param now Unix seconds */
export function historyRow(n: number, now: number): HistoryRow {
  const row = { ...CONFIRMED, id: transactionId(TIP_HEIGHT - n * 9, 1 + (n % 3)) }
  const { txs } = SPECIAL
  const special = txs[n]
  if (special) return { ...row, ...special, time: now - n * 400 - 30 }
  const random = randomFrom(n + 91)
  const confirmations = n * 31
  const sent = random() < 0.45
  const value = BigInt(Math.floor(random() * 90_000) + 200) * (n % 4 === 0 ? 41_000n : 1_900n)
  const fee = BigInt(141 + Math.floor(random() * 900))
  const contact = random() < 0.5 ? CONTACTS[n % CONTACTS.length] : undefined
  return {
    ...row,
    kind: sent ? 'sent' : n % 7 === 0 ? 'mined' : 'received',
    trust: confirmations < 6 ? 'fresh' : confirmations < 100 ? 'likely' : 'settled',
    time: now - n * HOUR_S * 5,
    height: TIP_HEIGHT - confirmations + 1,
    confirmations,
    delta: sent ? -(value + fee) : n % 7 === 0 ? 5n * COIN + fee : value,
    ...(sent ? { fee, feeRate: Number(fee) / 141 } : {}),
    addresses: [sent ? (contact?.address ?? addressOf(900 + n)) : ownAddress(n % 12)],
    contacts: sent && contact ? [contact.name] : [],
    label: LABELS[n % LABELS.length] ?? '',
  }
}

const SPECIAL: { readonly txs: readonly Partial<HistoryRow>[] } = {
  txs: [
    {
      kind: 'sent',
      status: 'pending',
      trust: 'unconfirmed',
      delta: -125_000_282n,
      fee: 282n,
      feeRate: 2,
      addresses: [addressOf(801)],
      contacts: ['Bea Thornton'],
      label: 'For the recordings',
      canBump: true,
      canAbandon: false,
      canRebroadcast: true,
    },
    {
      status: 'pending',
      trust: 'unconfirmed',
      delta: 40_000_000n,
      addresses: [ownAddress(3)],
      canSpeedUpByChild: true,
    },
    {
      kind: 'sent',
      status: 'pending',
      trust: 'unconfirmed',
      delta: -9_000_141n,
      fee: 141n,
      feeRate: 1,
      addresses: [addressOf(905)],
      canBump: true,
      canAbandon: true,
      canRebroadcast: true,
      refused: 'mempool min fee not met',
    },
    {
      kind: 'mined',
      status: 'immature',
      trust: 'likely',
      delta: 500_041_230n,
      height: TIP_HEIGHT - 43,
      confirmations: 44,
      maturesIn: 57,
      addresses: [ownAddress(0)],
    },
    {
      kind: 'mined',
      status: 'orphaned',
      trust: 'unconfirmed',
      delta: 500_000_000n,
      addresses: [ownAddress(0)],
    },
    {
      kind: 'sent',
      status: 'replaced',
      trust: 'unconfirmed',
      delta: -125_000_141n,
      fee: 141n,
      feeRate: 1,
      addresses: [addressOf(801)],
      contacts: ['Bea Thornton'],
      replacedBy: transactionId(TIP_HEIGHT, 1),
    },
    {
      kind: 'received',
      trust: 'fresh',
      delta: 250_000_000n,
      height: TIP_HEIGHT - 1,
      confirmations: 2,
      addresses: [ownAddress(1)],
      label: 'Tea',
    },
    {
      kind: 'moved',
      trust: 'likely',
      delta: -208n,
      fee: 208n,
      feeRate: 1.5,
      height: TIP_HEIGHT - 19,
      confirmations: 20,
      addresses: [ownAddress(5)],
    },
  ],
}

export const generateHistory = (count: number, now: number): readonly HistoryRow[] =>
  Array.from({ length: count }, (_, n) => historyRow(n, now))

export function generateCoins(count: number): readonly CoinRow[] {
  const statuses = ['available', 'available', 'available', 'change', 'pending', 'immature', 'frozen'] as const
  return Array.from({ length: count }, (_, n) => {
    const status = statuses[n % statuses.length] ?? 'available'
    const unconfirmed = status === 'change' || status === 'pending'
    return {
      id: `${transactionId(TIP_HEIGHT - n * 9, 1)}:${n % 2}`,
      value: BigInt(Math.floor(randomFrom(n + 7)() * 900_000) + 5_000) * 1_130n,
      address: ownAddress(n % 12),
      label: LABELS[(n * 3) % LABELS.length] ?? '',
      confirmations: unconfirmed ? 0 : status === 'immature' ? 44 : 3 + n * 17,
      status,
      isReward: status === 'immature',
    }
  })
}

/** The newest first, as they are handed out; the first one is still unused. */
export function generateAddresses(count: number, now: number): readonly AddressRow[] {
  return Array.from({ length: count }, (_, n) => {
    const index = count - 1 - n
    const payments = n === 0 ? 0 : n % 4 === 3 ? 0 : (n % 3) + 1
    const received = BigInt(payments) * 87_500_000n
    return {
      id: ownAddress(index),
      chain: 'receive' as const,
      index,
      path: `m/84'/7533'/0'/0/${index}`,
      handedOut: now - n * HOUR_S * 50 - 120,
      label: LABELS[(n * 5) % LABELS.length] ?? '',
      received,
      balance: n % 2 === 0 ? received : 0n,
      payments,
    }
  })
}

export const READY: WalletInfo = {
  state: 'ready',
  network: 'main',
  locked: true,
  wordsConfirmed: true,
  birthday: 1_795_000_000,
  balance: {
    available: 4_812_345_678n,
    pending: 40_000_000n,
    immature: 500_041_230n,
    frozen: 0n,
    orphaned: 0n,
  },
  scan: { height: TIP_HEIGHT, target: TIP_HEIGHT, stuck: '' },
  unconfirmed: 0,
  transactions: 0,
  notice: '',
}

const NOTHING = { available: 0n, pending: 0n, immature: 0n, frozen: 0n, orphaned: 0n }

export const NO_WALLET: WalletInfo = {
  state: 'none',
  network: 'main',
  locked: true,
  wordsConfirmed: false,
  balance: NOTHING,
  scan: { height: 0, target: TIP_HEIGHT, stuck: '' },
  unconfirmed: 0,
  transactions: 0,
  notice: '',
}

export const FRESH: WalletInfo = { ...READY, balance: NOTHING, locked: false, wordsConfirmed: false }
