/** Which script rules blocks keep. */
import { ScriptFlag, type ScriptFlags } from '../script/script-flags.ts'
import { type ChainNetwork, type ConsensusRule, isActive } from './network.ts'

const FLAG_OF_RULE: readonly (readonly [rule: ConsensusRule, flag: ScriptFlags])[] = [
  ['bip16', ScriptFlag.P2SH],
  ['bip66', ScriptFlag.DERSIG],
  ['bip65', ScriptFlag.CHECKLOCKTIMEVERIFY],
  ['bip112', ScriptFlag.CHECKSEQUENCEVERIFY],
  ['bip141', ScriptFlag.WITNESS],
  ['bip147', ScriptFlag.NULLDUMMY],
]

/** Flags for the inputs of the block at `height`. */
export function scriptFlagsAt(network: ChainNetwork, height: number): ScriptFlags {
  let flags: ScriptFlags = ScriptFlag.NONE
  for (const [rule, flag] of FLAG_OF_RULE) if (isActive(network, rule, height)) flags |= flag
  return flags
}
