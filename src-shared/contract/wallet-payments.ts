/** What is said of a payment before it is signed: whom to, at what fee, and the plan that a person looks over. */
import { z } from 'zod'
import { hashText } from './chain.ts'
import { addressText, grains, labelText, outpointText } from './wallet-rows.ts'

/** Grains per virtual byte. */
const feeRate = z.number().positive().max(1_000_000)

/** What a BIP 21 URI or an address stands for. */
export const paymentTarget = z.object({
  address: addressText,
  amount: grains.optional(),
  label: labelText.optional(),
  message: labelText.optional(),
  contact: labelText.optional(),
  /** We have paid to it or been paid on it before. */
  used: z.boolean(),
  /** It is one of this wallet. */
  own: z.boolean(),
})
export type PaymentTarget = z.infer<typeof paymentTarget>

export const FEE_TARGETS = [1, 3, 10] as const
export const feeChoice = z.union([
  z.object({ target: z.union([z.literal(1), z.literal(3), z.literal(10)]) }),
  z.object({ feeRate }),
])
export type FeeChoice = z.infer<typeof feeChoice>

export const feeEstimate = z.object({
  /** Blocks. */
  target: z.int(),
  /** Grains per virtual byte. */
  feeRate: z.number(),
  /** `minimum`: too few blocks to estimate from (fewer than 20), or a light node: the least that is relayed. */
  basis: z.enum(['estimate', 'minimum']),
})
export type FeeEstimate = z.infer<typeof feeEstimate>

export const MAX_RECIPIENTS = 100
export const paymentDraft = z.object({
  recipients: z
    .array(
      z.object({
        to: z.string().min(1).max(2_000),
        amount: z.union([grains.positive(), z.literal('everything')]),
        label: labelText.optional(),
      }),
    )
    .min(1)
    .max(MAX_RECIPIENTS),
  fee: feeChoice,
  /** Only of these, and all that are needed of them; undefined for chosen by the wallet. */
  coins: z.array(outpointText).max(1_000).optional(),
})
export type PaymentDraft = z.infer<typeof paymentDraft>

export const planWarning = z.object({
  code: z.enum([
    'fee-rivals-amount',
    'address-used',
    'unconfirmed-coins',
    'own-address',
    'minimum-fee',
    'no-change',
    'unlike-estimate',
  ]),
  message: z.string().max(300),
})
export type PlanWarning = z.infer<typeof planWarning>

/** What will be signed, for a person to look over. */
export const paymentPlan = z.object({
  id: z.int(),
  kind: z.enum(['payment', 'bump', 'child']),
  recipients: z
    .array(z.object({ address: addressText, contact: labelText, label: labelText, amount: grains }))
    .max(MAX_RECIPIENTS),
  coins: z.array(z.object({ id: outpointText, value: grains, confirmed: z.boolean() })).max(1_000),
  /** All recipients together. */
  total: grains,
  fee: grains,
  /** Grains per virtual byte. */
  feeRate: z.number(),
  virtualSize: z.int(),
  change: grains.optional(),
  changeAddress: addressText.optional(),
  /** What can be spent afterwards. */
  remaining: grains,
  warnings: z.array(planWarning).max(20),
  /** Of a bump or a child: the transaction that it speeds up, and its fee so far where that is known. */
  speedsUp: z.object({ txid: hashText, fee: grains.optional() }).optional(),
})
export type PaymentPlan = z.infer<typeof paymentPlan>
