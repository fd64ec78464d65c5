/**
 * The wallet, without its secrets: passwords and words never cross here but on the vault's own channel (`vault-channel.ts`).
 * Amounts are grains (`bigint`); ids and hashes are 64 hex digits as people write them; times are Unix seconds.
 */
import { z } from 'zod'
import { hashText } from './chain.ts'
import { nothing, rows, service, value } from './service.ts'
import { feeChoice, feeEstimate, paymentDraft, paymentPlan, paymentTarget } from './wallet-payments.ts'
import {
  addressRow,
  addressText,
  coinRow,
  contactRow,
  grains,
  heightNumber,
  historyRow,
  labelText,
  outpointText,
  walletInfo,
} from './wallet-rows.ts'

export * from './wallet-payments.ts'
export * from './wallet-rows.ts'

const page = { offset: z.int().nonnegative().default(0), limit: z.int().min(1).max(200).default(50) }
const plan = z.object({ plan: z.int() })
const txid = z.object({ txid: hashText })
const text = z.object({ text: z.string().max(16_000_000) })

export const wallet = service({
  name: 'wallet',
  calls: {
    info: { args: nothing, result: walletInfo },
    /** Starts the process that holds keys where it does not run. `socket`: where commands reach its channel; the window has a port. */
    openVault: { args: nothing, result: z.object({ socket: z.string().max(4_096) }) },
    /** Forgets the keys: the process that holds them ends. */
    lock: { args: nothing, result: nothing },
    /** The next address that was never handed out or paid to; it stays reserved. `NO_WALLET`. */
    newAddress: { args: z.object({ label: labelText.optional() }), result: addressRow },
    /** A BIP 21 URI. `BAD_ADDRESS`. */
    paymentUri: {
      args: z.object({
        address: addressText,
        amount: grains.positive().optional(),
        label: labelText.optional(),
        message: labelText.optional(),
      }),
      result: z.object({ uri: z.string().max(2_000) }),
    },
    /** What a pasted text stands for. `BAD_ADDRESS`, `BAD_URI`, in a sentence that names the wrong character where that can be told. */
    readTarget: { args: z.object({ text: z.string().min(1).max(2_000) }), result: paymentTarget },
    addresses: {
      args: z.object({ chain: z.enum(['receive', 'change']).default('receive'), ...page }),
      result: z.object({ rows: z.array(addressRow).max(200), total: z.int() }),
    },
    feeEstimates: { args: nothing, result: z.array(feeEstimate).max(10) },
    /** Chooses coins and says what would be signed. `NOT_ENOUGH`, `DUST`, `BAD_ADDRESS`, `BAD_URI`, `SAME_COIN_TWICE`. */
    plan: { args: paymentDraft, result: paymentPlan },
    /** A dearer replacement (BIP 125) or a child that pays for its parent, whichever is possible; `NOT_TO_BE_SPED_UP` says why not. `NO_SUCH_TRANSACTION`. */
    planFaster: {
      args: txid.extend({ fee: feeChoice, how: z.enum(['bump', 'child']).optional() }),
      result: paymentPlan,
    },
    /** Signs and relays a plan as it was shown. `WALLET_LOCKED`, `PLAN_OUTDATED`, `TRANSACTION_REFUSED`. */
    send: { args: plan, result: z.object({ txid: hashText }) },
    history: {
      args: z.object({ search: z.string().max(200).default(''), ...page }),
      result: z.object({ rows: z.array(historyRow).max(200), total: z.int() }),
    },
    coins: { args: z.object(page), result: z.object({ rows: z.array(coinRow).max(200), total: z.int() }) },
    /** Frozen coins are spent only where they are named. */
    freeze: { args: z.object({ coin: outpointText, frozen: z.boolean() }), result: nothing },
    /** Its coins are free again; it may still confirm. `NOT_TO_BE_ABANDONED`. */
    abandon: { args: txid, result: nothing },
    /** Offers it to the network again. `TRANSACTION_REFUSED`. */
    rebroadcast: { args: txid, result: nothing },
    /** As in BIP 329: of a transaction, an address, a coin. Empty removes it. */
    setLabel: {
      args: z.object({ type: z.enum(['tx', 'addr', 'output']), ref: z.string().min(1).max(100), label: labelText }),
      result: nothing,
    },
    contacts: { args: nothing, result: z.array(contactRow).max(10_000) },
    /** Without an id a new one. `BAD_ADDRESS`. */
    setContact: { args: contactRow.partial({ id: true }), result: contactRow },
    removeContact: { args: z.object({ id: z.string().max(16) }), result: nothing },
    /** Labels and frozen coins as BIP 329's lines. */
    exportLabels: { args: nothing, result: text },
    importLabels: { args: text, result: z.object({ taken: z.int(), ignored: z.int() }) },
    /**
     * The history as CSV (RFC 4180), newest first, in pages: the texts one after the other are the whole. `from`: `next` of
     * the page before, which is undefined for the last one. It counts from the oldest, so that what comes in meanwhile
     * shifts nothing.
     */
    exportHistory: {
      args: z.object({ from: z.int().nonnegative().optional() }),
      result: text.extend({ next: z.int().nonnegative().optional() }),
    },
    /** Looks at all blocks again from a height; undefined: from the birthday. */
    rescan: { args: z.object({ from: heightNumber.optional() }), result: nothing },
    /** Looks `more` addresses further on both chains than the gap of 20, and scans for them. */
    lookFurther: { args: z.object({ more: z.int().min(1).max(1_000).default(100) }), result: nothing },
    /** A copy of wallet.db at `path`; without the password it is of no use to anyone. `EXISTS`. */
    backup: { args: z.object({ path: z.string().min(1).max(4_096) }), result: nothing },
    /** Takes the previous generation in place of a damaged wallet.db, which is kept aside. */
    usePrevious: { args: nothing, result: nothing },
    /** Moves wallet.db aside so that another can be made or restored; nothing is deleted. `path`: where it is now. */
    putAside: { args: nothing, result: z.object({ path: z.string().max(4_096) }) },
  },
  feeds: {
    state: value(walletInfo),
    /** The newest 200. */
    recent: rows(historyRow),
  },
})
