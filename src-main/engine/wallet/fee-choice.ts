/** From a person's choice of a fee to a rate: chosen by hand, or estimated by the chain for a number of blocks. */
import { FEE_TARGETS, type FeeChoice, type FeeEstimate } from '#shared/contract/wallet.ts'
import type { WalletCalls } from '../../chain/node/wallet-calls.ts'
import type { FeeDecision } from '../../wallet/spending/spending-types.ts'
import { ChainServiceError } from '../chain/chain-error.ts'

/** The chain counts by 1,000 virtual bytes, people by one. */
const THOUSAND = 1_000

type Fees = Pick<WalletCalls, 'estimateFees'>

export async function feeEstimatesOf(chain: Fees): Promise<FeeEstimate[]> {
  const estimates = await chain.estimateFees(FEE_TARGETS)
  return estimates.map(({ target, feeRate, basis }) => ({ target, basis, feeRate: feeRate / THOUSAND }))
}

/**
 * A rate chosen by hand needs no chain; where there is one, its estimates come along.
 *
 * @param chain throws where there is none @throws what it throws, for a number of blocks
 */
export async function feeDecisionOf(choice: FeeChoice, chain: () => Fees): Promise<FeeDecision> {
  if ('feeRate' in choice) {
    const estimates = await estimatesWhere(chain)
    const isKnown = estimates.every(({ basis }) => basis === 'estimate')
    const rates = estimates.map(({ feeRate }) => feeRate)
    return {
      rate: Math.round(choice.feeRate * THOUSAND),
      basis: 'chosen',
      ...(isKnown && rates.length > 0 && { estimates: { fast: Math.max(...rates), slow: Math.min(...rates) } }),
    }
  }
  const estimates = await chain().estimateFees(FEE_TARGETS)
  const estimate = estimates.find(({ target }) => target === choice.target)
  if (estimate === undefined) throw new Error(`no fee for ${choice.target} blocks`)
  return { rate: estimate.feeRate, basis: estimate.basis }
}

/** Empty where there is no chain to ask, or it ends meanwhile. */
async function estimatesWhere(chain: () => Fees): ReturnType<Fees['estimateFees']> {
  try {
    return await chain().estimateFees(FEE_TARGETS)
  } catch (error) {
    if (error instanceof ChainServiceError) return []
    throw error
  }
}
