/** Payments of the mock's wallet: texts that stand for addresses, plausible plans, and what sending them leads to. */
import { ClientError } from '../client/client-error.ts'
import type { FeeChoice, HistoryRow, PaymentDraft, PaymentPlan, PaymentTarget } from '../client/types.ts'
import { addressOf, TIP_HEIGHT, transactionId } from './generate-chain.ts'
import { generateHistory, ownAddress } from './generate-wallet.ts'
import type { Call } from './mock-clients.ts'
import type { WalletModel } from './wallet-model.ts'

const VIRTUAL_SIZE = 141

const LETTERS = /^[lt]?shl1[02-9ac-hj-np-z]+$/

/** As the engine says it: the wrong character by its place. */
export function checked(address: string): string {
  const wrong = [...address].findIndex((letter, at) => at > 3 && !/[02-9ac-hj-np-z]/.test(letter))
  if (/^[lt]?shl1/.test(address) && wrong !== -1)
    throw new ClientError(
      'BAD_ADDRESS',
      `Character ${wrong + 1} of this address, "${address[wrong]}", is in no address. Correct it or copy the address again.`,
      { position: wrong },
    )
  if (!LETTERS.test(address))
    throw new ClientError('BAD_ADDRESS', 'This is no address of the main network. Ask for an address of it.')
  return address
}

export function targetOf(model: WalletModel, text: string): PaymentTarget {
  const uri = /^shoal:([^?]*)(?:\?(.*))?$/i.exec(text)
  const address = checked(uri?.[1] ?? text)
  const query = new URLSearchParams(uri?.[2] ?? '')
  const amount = query.get('amount')
  const contact = model.contacts.find((each) => each.address === address)
  return {
    address,
    ...(amount === null ? {} : { amount: BigInt(Math.round(Number(amount) * 1e8)) }),
    ...(query.has('label') ? { label: query.get('label') ?? '' } : {}),
    ...(query.has('message') ? { message: query.get('message') ?? '' } : {}),
    ...(contact ? { contact: contact.name } : {}),
    used: model.history.some((row) => row.addresses.includes(address)),
    own: model.addresses.some((row) => row.id === address),
  }
}

function rateOf(model: WalletModel, fee: FeeChoice): number {
  if ('feeRate' in fee) return fee.feeRate
  return model.estimates.find(({ target }) => target === fee.target)?.feeRate ?? 1
}

function planOf(model: WalletModel, draft: PaymentDraft): PaymentPlan {
  const feeRate = rateOf(model, draft.fee)
  const virtualSize = VIRTUAL_SIZE + 31 * (draft.recipients.length - 1)
  const fee = BigInt(Math.ceil(feeRate * virtualSize))
  const { available } = model.state.balance
  const named = draft.recipients.reduce((sum, { amount }) => (amount === 'everything' ? sum : sum + amount), 0n)
  const everything = draft.recipients.some(({ amount }) => amount === 'everything')
  const total = everything ? available - fee : named
  if (total <= 0n || named + fee > available)
    throw new ClientError(
      'NOT_ENOUGH',
      'There is not enough to spend for this payment and its fee. Send less, or wait for what is pending.',
    )
  const change = everything ? undefined : 812_000_000n
  return {
    id: 0,
    kind: 'payment',
    recipients: draft.recipients.map(({ to, amount, label }) => {
      const { address, contact } = targetOf(model, to)
      return {
        address,
        contact: contact ?? '',
        label: label ?? '',
        amount: amount === 'everything' ? total - named : amount,
      }
    }),
    coins: [
      { id: `${transactionId(TIP_HEIGHT - 40, 1)}:1`, value: 800_000_000n, confirmed: true },
      { id: `${transactionId(TIP_HEIGHT - 90, 2)}:0`, value: total + fee, confirmed: true },
    ],
    total,
    fee,
    feeRate,
    virtualSize,
    ...(change === undefined ? {} : { change, changeAddress: addressOf(990) }),
    remaining: everything ? 0n : available - total - fee,
    warnings:
      fee * 2n > total
        ? [{ code: 'fee-rivals-amount', message: 'The fee is more than half of what is paid. A lower fee may do.' }]
        : [],
    ...model.planChanges,
  }
}

function kept(model: WalletModel, plan: PaymentPlan): PaymentPlan {
  model.plans += 1
  const made = { ...plan, id: model.plans }
  model.plansMade.set(made.id, made)
  return made
}

export function spendCalls(call: Call, model: WalletModel) {
  return {
    feeEstimates: call('wallet.feeEstimates', () => model.estimates),
    plan: call('wallet.plan', (draft: PaymentDraft) => kept(model, planOf(model, draft))),
    planFaster: call('wallet.planFaster', ({ txid, fee }: { txid: string; fee: FeeChoice }) => {
      const row = model.history.find(({ id }) => id === txid)
      if (!row || !(row.canBump || row.canSpeedUpByChild))
        throw new ClientError('NOT_TO_BE_SPED_UP', 'It is in a block already. There is nothing to speed up.')
      const feeRate = rateOf(model, fee) + (row.feeRate ?? 1)
      const base = planOf(model, {
        recipients: [{ to: row.addresses[0] ?? ownAddress(0), amount: row.delta < 0n ? -row.delta : row.delta }],
        fee: { feeRate },
      })
      return kept(model, {
        ...base,
        kind: row.canBump ? 'bump' : 'child',
        speedsUp: { txid, fee: row.fee ?? 141n },
      })
    }),
    send: call('wallet.send', ({ plan }: { plan: number }) => {
      if (model.state.locked) throw new ClientError('WALLET_LOCKED', 'The wallet is locked. Unlock it first.')
      if (model.outdated > 0) {
        model.outdated -= 1
        throw new ClientError('PLAN_OUTDATED', 'The coins have changed in the meantime. Look the payment over again.')
      }
      const made = model.plansMade.get(plan)
      if (!made) throw new ClientError('PLAN_OUTDATED', 'This payment was planned too long ago. Look it over again.')
      const txid = transactionId(TIP_HEIGHT + 1, 1 + (plan % 30))
      model.add({
        ...(model.history[0] ?? generateHistory(1, Math.round(model.now / 1_000))[0]),
        id: txid,
        kind: 'sent',
        status: 'pending',
        delta: -(made.total + made.fee),
        fee: made.fee,
        addresses: made.recipients.map(({ address }) => address),
        contacts: [],
        label: made.recipients[0]?.label ?? '',
        refused: '',
      } as HistoryRow)
      return { txid }
    }),
    abandon: call('wallet.abandon', ({ txid }: { txid: string }) =>
      model.changeHistory(txid, { status: 'abandoned', canAbandon: false, canBump: false, canRebroadcast: false }),
    ),
    rebroadcast: call('wallet.rebroadcast', () => undefined),
  }
}
