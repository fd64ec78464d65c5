/**
 * Runs the scripts of a transaction that asks to enter the mempool: by the rules of relay, which hold those of consensus in
 * them; where it fails, by those of the next block alone, so that what is merely not relayed is told from what is invalid.
 */
import type { ChainNetwork } from '../consensus/network.ts'
import { scriptFlagsAt } from '../consensus/script-flags-at.ts'
import { ScriptError } from '../script/script-error.ts'
import { type ScriptFlags, STANDARD_FLAGS } from '../script/script-flags.ts'
import { SharedSighashes } from '../script/sighash-witness.ts'
import type { Spend } from '../script/spend-checker.ts'
import { verifyInput } from '../script/verify-input.ts'
import { type InputVerifiers, verifyInputs } from '../script/verify-inputs.ts'
import type { Candidate, Refusal } from './admission.ts'
import { lacksWitness } from './standard-inputs.ts'

export interface ScriptRefusal extends Refusal {
  /** Somebody may have taken the witness off: the whole transaction may be good. */
  readonly lacksWitness: boolean
}

/**
 * Undefined where all is good; good signatures are remembered in the cache. `height`: of the next block.
 * @throws what the batches of signatures reject with
 */
export async function scriptRefusal(
  candidate: Candidate,
  network: ChainNetwork,
  height: number,
  verifiers: InputVerifiers,
): Promise<ScriptRefusal | undefined> {
  const failure = await verifyInputs(spendsOf(candidate), STANDARD_FLAGS, verifiers)
  if (failure === undefined) return undefined
  const flags = scriptFlagsAt(network, height)
  const mandatory = await verifyInputs(spendsOf(candidate), flags, verifiers)
  if (mandatory === undefined)
    return {
      reason: `non-mandatory-script-verify-flag (${failure.error.code})`,
      kind: 'policy',
      lacksWitness: false,
    }
  const { transaction, coins } = candidate
  const isCut = !transaction.hasWitness && lacksWitness(transaction, coins)
  return {
    reason: `mandatory-script-verify-flag-failed (${mandatory.error.code})`,
    kind: isCut ? 'policy' : 'invalid',
    lacksWitness: isCut,
  }
}

/**
 * Whether scripts that a block of this branch held, and which therefore are valid, also keep the rules of relay. Signatures
 * are not checked again but where the script goes on differently by them.
 */
export function isRelayable(candidate: Candidate, { verifier }: Pick<InputVerifiers, 'verifier'>): boolean {
  const checks = {
    check: (check: Parameters<typeof verifier.verify>[0], decides: boolean) => !decides || verifier.verify(check),
  }
  for (const spend of spendsOf(candidate)) if (!allows(spend, STANDARD_FLAGS, checks)) return false
  return true
}

function allows(spend: Spend, flags: ScriptFlags, checks: Parameters<typeof verifyInput>[2]): boolean {
  try {
    verifyInput(spend, flags, checks)
    return true
  } catch (error) {
    if (error instanceof ScriptError) return false
    throw error
  }
}

function* spendsOf({ transaction, coins }: Candidate): Iterable<Spend> {
  const shared = new SharedSighashes(transaction)
  for (const [index, spent] of coins.entries()) yield { shared, index, spent }
}
