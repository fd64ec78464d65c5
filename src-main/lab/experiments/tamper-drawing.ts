/** The tampered chain as it lies in a row, step by step: what every block is by the rules, and how far the break reaches. */
import { blockFault } from '../../chain/consensus/block-rules.ts'
import type { Block } from '../../chain/primitives/block.ts'
import { displayHash } from '../../chain/primitives/hashes.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import { LAB_NETWORK } from '../chain/lab-blocks.ts'
import type { TamperStep } from '../chain/tampering.ts'
import type { LabBlock, LabDrawing } from '../experiment.ts'

const TITLE = 'A changed block breaks the chain after it'

export class TamperDrawing {
  #honest: readonly Block[] = []
  readonly #steps: LabDrawing['steps'][number][] = []

  /** The first row that comes is the honest one. */
  add({ done, verdict }: TamperStep, row: readonly Block[]): void {
    if (this.#steps.length === 0) this.#honest = row
    this.#steps.push({
      title: done === 'nothing' ? 'nothing is changed' : done,
      verdict,
      blocks: drawnRow(row, this.#honest),
    })
  }

  get section(): LabDrawing {
    return { kind: 'blocks', id: 'tamper-blocks', title: TITLE, steps: [...this.#steps] }
  }
}

/** Blocks from height 1 on. Whatever stands after a block that is not valid is not valid either. */
export function drawnRow(row: readonly Block[], honest: readonly Block[]): readonly LabBlock[] {
  const drawn: LabBlock[] = []
  for (const [index, block] of row.entries()) {
    const parent = row[index - 1] ?? LAB_NETWORK.genesis
    const first = honest[index]
    drawn.push({
      height: index + 1,
      hash: displayHash(block.hash),
      previous: displayHash(block.header.previous),
      changed: first === undefined || !isSame(block, first),
      ...standing(block, parent, drawn.at(-1)),
    })
  }
  return drawn
}

function standing(block: Block, parent: Block, before: LabBlock | undefined): Pick<LabBlock, 'state' | 'reason'> {
  const reason = faultOf(block)
  if (reason !== undefined) return { state: 'broken', reason }
  if (!bytesEqual(block.header.previous, parent.hash)) return { state: 'unlinked', reason: 'prev-blk-not-found' }
  return { state: before === undefined || before.state === 'valid' ? 'valid' : 'after', reason: '' }
}

function faultOf(block: Block): string | undefined {
  if (!block.header.hasProofOfWork(LAB_NETWORK.proofOfWork.limit)) return 'high-hash'
  return blockFault(block)?.reason
}

/** The same payments under the same header. */
function isSame(one: Block, other: Block): boolean {
  if (!bytesEqual(one.hash, other.hash)) return false
  return one.transactions.every((transaction, n) => {
    const theirs = other.transactions[n]
    return theirs !== undefined && bytesEqual(transaction.txid, theirs.txid)
  })
}
