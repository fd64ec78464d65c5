/**
 * The second half of the demonstration: the two processes have a wallet each, one mines until its first reward may be spent,
 * pays the other, and the payment is followed from the mempool into a block. The chain is the local one, where blocks cost
 * nothing; the passwords are drawn and forgotten.
 */
import { coins } from '#shared/amounts.ts'
import type { ChainInfo } from '#shared/contract/chain.ts'
import type { Clients } from '#shared/contract/index.ts'
import type { WalletInfo } from '#shared/contract/wallet.ts'
import { formatCount, formatPlural } from '#shared/format.ts'
import { toHex } from '../../kernel/bytes.ts'
import { amount, withAmounts } from '../amounts.ts'
import { blockText } from '../chain-text.ts'
import { follow } from '../follow.ts'
import { withVault } from '../wallet/with-vault.ts'
import type { Demo } from './demo.ts'
import { step } from './demo.ts'

/** Rewards may be spent a hundred blocks later: so many make the first one spendable. */
const BLOCKS = 101
const PART = 20
const PAYMENT = 1_250_000_000n
const PASSWORD_BYTES = 16

export interface CoinsResult {
  readonly txid: string
  /** Of the block that has the payment. */
  readonly block: string
  readonly height: number
}

export async function moveCoins(demo: Demo, payer: Clients, payee: Clients): Promise<CoinsResult> {
  await connect(demo, payer, payee)
  for (const [role, clients] of [
    ['sender', payer],
    ['receiver', payee],
  ] as const)
    await makeWallet(demo, role, clients)
  await mine(demo, payer)
  const txid = await pay(demo, payer, payee)
  await payer.miner.generate({ blocks: 1 })
  await seen(demo, payee, 'confirmed', ({ available }) => available === PAYMENT)
  const { height, blockHash } = await payee.chain.transaction({ txid })
  await showBlock(demo, payee, blockHash ?? '')
  return { txid, block: blockHash ?? '', height: height ?? 0 }
}

async function connect({ patience }: Demo, payer: Clients, payee: Clients): Promise<void> {
  const endpoint = await follow<ChainInfo, string>(
    (listener) => payee.chain.state(undefined, listener),
    ([info]) => info?.listening,
    patience.signal,
  )
  await payer.chain.connect({ endpoint })
  await follow<ChainInfo, number>(
    (listener) => payer.chain.state(undefined, listener),
    ([info]) => (info !== undefined && info.peers > 0 ? info.peers : undefined),
    patience.signal,
  )
  patience.renew()
}

/** Its words are told once, to the vault's asker: nobody writes them down here. */
async function makeWallet({ context, host, patience }: Demo, role: string, clients: Clients): Promise<void> {
  const password = toHex(host.random.bytes(PASSWORD_BYTES))
  const words = await withVault(context, clients, (vault) => vault.create({ password }))
  const { id: address } = await clients.wallet.newAddress({})
  const count = words.words.length
  step(context, `wallet-${role}`, { address, words: count }, `The ${role} made a wallet of ${count} words: ${address}`)
  patience.renew()
}

async function mine({ context, host, patience }: Demo, clients: Clients): Promise<void> {
  const began = host.clock.now()
  for (let made = 0; made < BLOCKS; made += PART) {
    await clients.miner.generate({ blocks: Math.min(PART, BLOCKS - made) })
    context.out.progress(
      { mined: made, total: BLOCKS },
      `${formatCount(made)} of ${formatPlural(BLOCKS, 'block')} mined`,
    )
    patience.signal.throwIfAborted()
    patience.renew()
  }
  const { balance } = await follow<WalletInfo, WalletInfo>(
    (listener) => clients.wallet.state(undefined, listener),
    ([info]) => (info !== undefined && info.balance.available > 0n && info.scan.height >= BLOCKS ? info : undefined),
    patience.signal,
  )
  const seconds = (host.clock.now() - began) / 1_000
  const facts = { blocks: BLOCKS, seconds, ...withAmounts(balance) }
  const text = `The sender mined ${formatPlural(BLOCKS, 'block')} to its wallet: ${amount(balance.available)} may be spent, ${amount(balance.immature)} are immature`
  step(context, 'mine', facts, text)
}

/** @returns the txid */
async function pay(demo: Demo, payer: Clients, payee: Clients): Promise<string> {
  const { context } = demo
  const { id: to } = await payee.wallet.newAddress({})
  const plan = await payer.wallet.plan({ recipients: [{ to, amount: PAYMENT }], fee: { target: 1 } })
  const { txid } = await payer.wallet.send({ plan: plan.id })
  const facts = { txid, amount: coins(PAYMENT), fee: coins(plan.fee) }
  step(context, 'send', facts, `It paid ${amount(PAYMENT)} to ${to} for a fee of ${amount(plan.fee)}: ${txid}`)
  await seen(demo, payee, 'pending', ({ pending }) => pending === PAYMENT)
  return txid
}

async function seen(
  { context, patience }: Demo,
  clients: Clients,
  name: 'pending' | 'confirmed',
  fits: (balance: WalletInfo['balance']) => boolean,
): Promise<void> {
  const { balance } = await follow<WalletInfo, WalletInfo>(
    (listener) => clients.wallet.state(undefined, listener),
    ([info]) => (info !== undefined && fits(info.balance) ? info : undefined),
    patience.signal,
  )
  const text =
    name === 'pending'
      ? 'The receiver sees it arrive, unconfirmed'
      : 'A block was mined; the receiver sees it confirmed'
  step(context, name, withAmounts(balance), text)
  patience.renew()
}

async function showBlock({ context }: Demo, clients: Clients, hash: string): Promise<void> {
  const block = await clients.chain.block({ id: hash })
  const transactions = await clients.chain.blockTransactions({ hash, offset: 0, limit: 10 })
  const facts = { ...withAmounts(block), txids: transactions.map(({ id }) => id) }
  step(context, 'block', facts, `\n${blockText(block, transactions)}\n`)
}
