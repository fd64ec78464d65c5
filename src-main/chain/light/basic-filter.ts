/**
 * Which scripts the basic filter of a block holds (BIP 158): those of all outputs, except empty ones and those that begin
 * with OP_RETURN, and those of the outputs that its inputs spend, except empty ones.
 */
import type { Block } from '../primitives/block.ts'
import { Opcode } from '../script/opcodes.ts'
import { BlockFilter } from './block-filter.ts'

/**
 * The basic filter of a block. `spentScripts`: the script of the output that each input spends, the coinbase aside, in
 * any order. The block must be one that consensus allows.
 */
export function basicFilterOf(block: Block, spentScripts: readonly Uint8Array[]): BlockFilter {
  return BlockFilter.of(block.hash, filteredScripts(block, spentScripts))
}

/** Scripts that belong into the filter; some may come twice. */
export function* filteredScripts(block: Block, spentScripts: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const { outputs } of block.transactions)
    for (const { scriptPubKey } of outputs)
      if (scriptPubKey.length > 0 && scriptPubKey[0] !== Opcode.OP_RETURN) yield scriptPubKey
  for (const script of spentScripts) if (script.length > 0) yield script
}
