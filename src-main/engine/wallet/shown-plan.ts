/** A plan as a person looks it over. */
import type { PaymentPlan } from '#shared/contract/wallet.ts'
import { type AddressPrefixes, addressOfScript } from '../../chain/address/address.ts'
import { displayHash } from '../../chain/primitives/hashes.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import { feeRateOf, type SpendingPlan } from '../../wallet/spending/spending-types.ts'

export interface Names {
  /** Of the contact that has an address; empty for none. */
  contactOf(address: string): string
  /** What the payment says of a recipient, by its place; empty for nothing. */
  labelOf(place: number, address: string): string
}

export function shownPlan(id: number, plan: SpendingPlan, prefixes: AddressPrefixes, names: Names): PaymentPlan {
  const { kind, coins, recipients, total, fee, virtualSize, change, remaining, warnings, speedsUp } = plan
  const changeAddress = change && addressOfScript(change.script, prefixes)
  return {
    ...{ id, kind, total, fee, virtualSize, remaining },
    recipients: recipients.map(({ script, amount }, place) => {
      const address = addressOfScript(script, prefixes) ?? ''
      return { address, amount, contact: names.contactOf(address), label: names.labelOf(place, address) }
    }),
    coins: coins.map(({ outpoint, value, isConfirmed }) => ({
      ...{ id: outpointText(outpoint), value, confirmed: isConfirmed },
    })),
    feeRate: feeRateOf(plan),
    ...(change && { change: change.amount }),
    ...(changeAddress !== undefined && { changeAddress }),
    warnings: [...warnings],
    ...(speedsUp && {
      speedsUp: { txid: displayHash(speedsUp.txid), ...(speedsUp.fee !== undefined && { fee: speedsUp.fee }) },
    }),
  }
}

export function outpointText({ txid, index }: Outpoint): string {
  return `${displayHash(txid)}:${index}`
}
