/** Payments over a real wallet, with a node and a vault of tests. */
import { expect, test } from 'vitest'
import type { NodeChain } from '../../chain/node/node-chain.ts'
import { displayHash } from '../../chain/primitives/hashes.ts'
import { silentLog } from '../../kernel/log.ts'
import { PlainClock } from '../../simulation/plain-clock.ts'
import { VirtualTime } from '../../simulation/virtual-clock.ts'
import { MAX_LABELS } from '../../wallet/labels/bip329.ts'
import { WalletBed, WalletOwner, WalletWorld } from '../../wallet/test-support/wallet-bed.ts'
import { signTransaction } from '../../wallet/vault/sign-transaction.ts'
import { WalletError } from '../../wallet/wallet-error.ts'
import { ChainServiceError } from '../chain/chain-error.ts'
import { Payments } from './payments.ts'
import type { WalletHost } from './wallet-host.ts'

const COIN = 100_000_000n

const to = (index: number) => new WalletOwner(2).account.addressAt({ chain: 0, index })

/** @param chain throws where it is off */
async function payer(chain: () => void = () => {}) {
  const bed = new WalletBed(new WalletWorld())
  await bed.fund(3n * COIN)
  const offered: string[] = []
  const offer = async ({ txid }: { txid: Uint8Array }) => {
    offered.push(displayHash(txid))
    return { status: 'taken' }
  }
  const ready = { network: 'local', ready: () => bed.wallet, changed: () => {}, follower: { offer } }
  const estimateFees = async (targets: readonly number[]) =>
    targets.map((target) => ({ target, feeRate: 1_000, basis: 'minimum' as const }))
  const payments = new Payments({
    ...{ clock: new PlainClock(new VirtualTime()), random: bed.random, log: silentLog },
    host: ready as unknown as WalletHost,
    vault: { sign: async (request) => signTransaction(request, bed.owner.keys) },
    chain: () => {
      chain()
      return { estimateFees } as unknown as NodeChain
    },
  })
  const plan = (text: string, coins?: string[]) =>
    payments.plan({
      recipients: [{ to: text, amount: COIN, label: 'rent' }],
      fee: { target: 3 },
      ...(coins && { coins }),
    })
  return { bed, payments, plan, offered }
}

test('a payment whose label cannot be kept goes out all the same: said to have failed it would be sent twice', async () => {
  const { bed, payments, plan, offered } = await payer()
  const { id } = await plan(to(0))
  bed.wallet.setLabel = () => {
    throw new WalletError({ code: 'TOO_MANY_LABELS', limit: MAX_LABELS })
  }
  const txid = await payments.send(id)
  expect(offered).toEqual([txid])
  expect(bed.wallet.ownPending().map((own) => displayHash(own.txid))).toEqual([txid])
})

test('a coin that is frozen after a plan was shown is not spent by it', async () => {
  const { bed, payments, plan, offered } = await payer()
  const { id, coins } = await plan(to(0))
  expect(coins).toHaveLength(1)
  const [coin] = bed.wallet.coins()
  if (coin === undefined) throw new Error('no coin')
  bed.wallet.freeze(coin.outpoint, true)
  await expect(payments.send(id)).rejects.toMatchObject({ code: 'PLAN_OUTDATED' })
  expect(offered).toEqual([])
  bed.wallet.freeze(coin.outpoint, false)
  const txid = await payments.send(id)
  expect(offered).toEqual([txid])
})

test('of two plans that are open together the one that is sent later is outdated where both change addresses are one', async () => {
  const { bed, payments, plan, offered } = await payer()
  await bed.fund(3n * COIN)
  const nameOf = ({ txid, index }: { txid: Uint8Array; index: number }) => `${displayHash(txid)}:${index}`
  const [one, two] = bed.wallet.coins().map((coin) => nameOf(coin.outpoint))
  const first = await plan(to(0), [one ?? ''])
  const second = await plan(to(1), [two ?? ''])
  expect(second.changeAddress).toBe(first.changeAddress)
  const txid = await payments.send(first.id)
  await expect(payments.send(second.id)).rejects.toMatchObject({ code: 'PLAN_OUTDATED' })
  expect(offered).toEqual([txid])
  const again = await plan(to(1), [two ?? ''])
  expect(again.changeAddress).not.toBe(first.changeAddress)
  const later = await payments.send(again.id)
  expect(offered).toEqual([txid, later])
})

test('a name stands for the address of its contact, and for none where several have it', async () => {
  const { bed, plan } = await payer()
  bed.wallet.setContact({ name: 'Anna', address: to(0), note: '' })
  bed.wallet.setContact({ name: 'Annabel', address: to(0), note: 'at work' })
  expect((await plan(' anna')).recipients).toMatchObject([{ address: to(0), amount: COIN }])
  bed.wallet.setContact({ name: 'anna', address: to(1), note: '' })
  await expect(plan('Anna')).rejects.toMatchObject({ code: 'BAD_ADDRESS', fault: { reason: 'SEVERAL_CONTACTS' } })
})

test('a name that no contact has is not told to be a bad address', async () => {
  const { plan } = await payer()
  const refused = await plan('Ann').catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'BAD_ADDRESS', fault: { reason: 'NO_SUCH_CONTACT' } })
  expect((refused as Error).message).toMatch(/^No contact is called "Ann"/)
  await expect(plan(`${to(0).slice(0, -1)}x`)).rejects.not.toMatchObject({ fault: { reason: 'NO_SUCH_CONTACT' } })
})

test('what is not in the wallet cannot be sped up, and is said not to be there', async () => {
  const { payments } = await payer()
  for (const how of ['bump', 'child', undefined] as const)
    await expect(payments.planFaster('77'.repeat(32), { target: 1 }, how)).rejects.toMatchObject({
      code: 'NO_SUCH_TRANSACTION',
    })
})

test('a fee of one’s own is planned without a chain; a target is not, and nothing is sent', async () => {
  let isOff = true
  const { payments } = await payer(() => {
    if (isOff) throw new ChainServiceError({ code: 'CHAIN_OFF' })
  })
  const recipients = [{ to: to(0), amount: COIN }]
  const { id, feeRate, warnings } = await payments.plan({ recipients, fee: { feeRate: 2 } })
  expect([feeRate, warnings]).toEqual([2, []])
  await expect(payments.plan({ recipients, fee: { target: 3 } })).rejects.toMatchObject({ code: 'CHAIN_OFF' })
  await expect(payments.send(id)).rejects.toMatchObject({ code: 'CHAIN_OFF' })
  isOff = false
  const txid = await payments.send(id)
  isOff = true
  const faster = await payments.planFaster(txid, { feeRate: 5 }, undefined)
  expect([faster.kind, faster.feeRate]).toEqual(['bump', 5])
})
