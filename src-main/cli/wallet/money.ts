/** What the wallet has, gets and pays. */
import { type AmountFault, coins as coinsText, parseAmount } from '#shared/amounts.ts'
import type { Clients } from '#shared/contract/index.ts'
import type { FeeChoice, PaymentPlan } from '#shared/contract/wallet.ts'
import { amount, withAmounts } from '../amounts.ts'
import { type CommandContext, UsageError } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { interrupted } from '../interrupted.ts'
import { integerOf } from '../values.ts'
import { caughtUp } from './caught-up.ts'
import { unlockWhere } from './keys.ts'
import type { WalletLine } from './line.ts'
import { pageOf } from './records.ts'
import { balanceText, coinsTable, feesText, planText } from './text.ts'
import { withVault } from './with-vault.ts'

const DEFAULT_TARGET = 3
const MAX_FEE_RATE = 1_000_000

export async function info(_line: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  const state = await clients.wallet.info()
  out.done(withAmounts(state), balanceText(state))
}

/** The balance flat, so that scripts find it; the rest as in `info`. */
export async function balance(_line: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  const state = await clients.wallet.info()
  const { height, target } = state.scan
  const facts = { ...withAmounts(state.balance), height, target, state: state.state, unconfirmed: state.unconfirmed }
  out.done(facts, balanceText(state))
}

export async function address({ flags }: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  const { label, message } = flags
  const wanted = flags.amount === undefined ? {} : { amount: amountOf(flags.amount, '--amount') }
  const row = await clients.wallet.newAddress({ ...(label !== undefined && { label }) })
  const { uri } = await clients.wallet.paymentUri({
    ...{ address: row.id, ...wanted },
    ...(label !== undefined && { label }),
    ...(message !== undefined && { message }),
  })
  out.done({ address: row.id, path: row.path, uri }, Object.keys(wanted).length > 0 ? `${row.id}\n${uri}` : row.id)
}

export async function fees(_line: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  const estimates = await clients.wallet.feeEstimates()
  out.done({ estimates }, feesText(estimates))
}

export async function send(
  { positionals, flags }: WalletLine,
  clients: Clients,
  context: CommandContext,
): Promise<void> {
  const [to, value] = positionals
  if (to === undefined) throw new UsageError('Use: shoal wallet send ADDRESS AMOUNT')
  const chosen = flags.coin.map(coinOf)
  const first = { to, amount: value === undefined ? await amountIn(to, clients) : wishOf(value) }
  const others = flags.to.map((text) => {
    const at = text.lastIndexOf('=')
    if (at < 1) throw new UsageError(`--to: "${text}" is no ADDRESS=AMOUNT.`)
    return { to: text.slice(0, at), amount: wishOf(text.slice(at + 1)) }
  })
  const { label } = flags
  const recipients = [first, ...others].map((one) => ({ ...one, ...(label !== undefined && { label }) }))
  const fee = feeOf(flags)
  await caughtUp(clients, context)
  const plan = await clients.wallet.plan({ recipients, fee, ...(chosen.length > 0 && { coins: chosen }) })
  await carryOut(plan, flags, clients, context)
}

export function bump(line: WalletLine, clients: Clients, context: CommandContext): Promise<void> {
  return faster('bump', line, clients, context)
}

export function cpfp(line: WalletLine, clients: Clients, context: CommandContext): Promise<void> {
  return faster('child', line, clients, context)
}

async function faster(
  how: 'bump' | 'child',
  { positionals, flags }: WalletLine,
  clients: Clients,
  context: CommandContext,
) {
  const [txid, fee] = [txidOf(positionals[0]), feeOf(flags)]
  await caughtUp(clients, context)
  const plan = await clients.wallet.planFaster({ txid, fee, how })
  await carryOut(plan, flags, clients, context)
}

/** Shows it, asks unless told `--yes`, unlocks for it where a password was named, and sends. @throws CommandError NOT_CONFIRMED */
async function carryOut(plan: PaymentPlan, flags: WalletLine['flags'], clients: Clients, context: CommandContext) {
  const { out } = context
  out.event('plan', withAmounts(plan), planText(plan))
  if (flags.yes !== true) await askWhether(context)
  await withVault(context, clients, async (vault) => {
    const unlocked = await unlockWhere(vault, flags['password-file'], context)
    try {
      const { txid } = await clients.wallet.send({ plan: plan.id })
      const { fee, feeRate, total } = plan
      const facts = { txid, fee: coinsText(fee), feeRate, amount: coinsText(total) }
      const what = plan.kind === 'child' ? 'Sped up' : `Sent ${amount(total)}`
      out.done(facts, `${what} for a fee of ${amount(fee)}: ${txid}`)
    } finally {
      // What was locked before is locked again.
      if (unlocked) await clients.wallet.lock()
    }
  })
}

/** A payment cannot be taken back: where nobody can be asked, it is sent only where the line says so. */
async function askWhether({ system: { terminal } }: CommandContext): Promise<void> {
  if (terminal === undefined)
    throw new CommandError(
      { code: 'NOT_CONFIRMED' },
      'Nothing was sent: nobody can be asked here. Add --yes to send it.',
    )
  const answer = await terminal.ask('Send it? [y/N] ').catch(() => '')
  if (!/^y(es)?$/i.test(answer.trim())) throw interrupted('Nothing was sent.')
}

export async function coins({ flags }: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  const { rows, total } = await clients.wallet.coins(pageOf(flags))
  for (const row of rows) out.event('row', withAmounts(row))
  out.done({ rows: rows.length, total }, rows.length === 0 ? 'There are no coins yet.' : coinsTable(rows))
}

export function freeze(line: WalletLine, clients: Clients, context: CommandContext): Promise<void> {
  return setFrozen(line, clients, context, true)
}

export function unfreeze(line: WalletLine, clients: Clients, context: CommandContext): Promise<void> {
  return setFrozen(line, clients, context, false)
}

async function setFrozen({ positionals }: WalletLine, clients: Clients, { out }: CommandContext, frozen: boolean) {
  const coin = coinOf(positionals[0] ?? '')
  await clients.wallet.freeze({ coin, frozen })
  out.done({ coin, frozen }, frozen ? 'Frozen: it is spent only where it is named.' : 'It may be spent again.')
}

export async function abandon({ positionals }: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  const txid = txidOf(positionals[0])
  await clients.wallet.abandon({ txid })
  out.done({ txid }, 'Abandoned: its coins are free again. Peers that have it may still confirm it.')
}

export async function rebroadcast(
  { positionals }: WalletLine,
  clients: Clients,
  { out }: CommandContext,
): Promise<void> {
  const txid = txidOf(positionals[0])
  await clients.wallet.rebroadcast({ txid })
  out.done({ txid }, 'Offered to the network again.')
}

/** @throws UsageError */
function coinOf(text: string): string {
  if (!/^[0-9a-f]{64}:\d{1,10}$/i.test(text)) throw new UsageError('A coin is TXID:N; see: shoal wallet coins')
  return text.toLowerCase()
}

/** @throws UsageError */
export function txidOf(text: string | undefined): string {
  if (!/^[0-9a-f]{64}$/i.test(text ?? '')) throw new UsageError('A transaction is named by its 64 hex digits.')
  return (text as string).toLowerCase()
}

function feeOf({ target, 'fee-rate': rate }: WalletLine['flags']): FeeChoice {
  if (rate === undefined) {
    const blocks = integerOf(target ?? String(DEFAULT_TARGET), '--target', { min: 1, max: 10 })
    if (blocks !== 1 && blocks !== 3 && blocks !== 10) throw new UsageError('--target is 1, 3 or 10 blocks.')
    return { target: blocks }
  }
  if (target !== undefined) throw new UsageError('Give --target or --fee-rate, not both.')
  const value = /^\d{1,7}(\.\d{1,3})?$/.test(rate) ? Number(rate) : Number.NaN
  if (!(value > 0 && value <= MAX_FEE_RATE))
    throw new UsageError(`--fee-rate: "${rate}" is no number of grains per virtual byte.`)
  return { feeRate: value }
}

function wishOf(text: string): bigint | 'everything' {
  return text === 'everything' ? text : amountOf(text, 'AMOUNT')
}

const AMOUNT_FAULTS: Readonly<Record<AmountFault, string>> = {
  empty: 'is empty',
  'not-a-number': 'is no amount in SHL like 12.5',
  'too-many-decimals': 'has more than eight decimals',
  'too-much': 'is more than there can ever be',
  zero: 'is nothing',
}

function amountOf(text: string, what: string): bigint {
  const parsed = parseAmount(text)
  if (typeof parsed === 'bigint') return parsed
  throw new UsageError(`${what}: "${text}" ${AMOUNT_FAULTS[parsed]}; write it like 12.5.`)
}

/** A payment link may say how much; an address or the name of a contact cannot. */
async function amountIn(to: string, clients: Clients): Promise<bigint> {
  const amount = to.includes(':') ? (await clients.wallet.readTarget({ text: to })).amount : undefined
  if (amount === undefined)
    throw new CommandError({ code: 'NO_AMOUNT' }, 'It is not said how much; use: shoal wallet send ADDRESS AMOUNT')
  return amount
}
