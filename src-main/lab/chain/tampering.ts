/**
 * What happens to who changes an old block: real blocks, judged by the real rules. A payment in the middle of a chain is
 * changed, then one thing after another is mended, until the cost of the whole is plain.
 */
import { blockFault } from '../../chain/consensus/block-rules.ts'
import { HeaderIntake } from '../../chain/headers/header-intake.ts'
import { HeaderTree } from '../../chain/headers/header-tree.ts'
import { Block } from '../../chain/primitives/block.ts'
import { BlockHeader } from '../../chain/primitives/header.ts'
import { bytesEqual, concatBytes } from '../../kernel/bytes.ts'
import { LAB_NETWORK, labChain, nextBlock, payment, rootOf, solveHeader } from './lab-blocks.ts'

export interface TamperStep {
  /** What was done, in words. */
  readonly done: string
  /** Of the block that is looked at. */
  readonly height: number
  /** What the rules say: `valid`, or the name of the rule; of successors `unconnected`. */
  readonly verdict: string
  /** Further blocks after it that no longer belong to it. */
  readonly lostSuccessors: number
  /** Hashes that it took. */
  readonly hashes: number
}

export interface TamperResult {
  readonly blocks: number
  readonly tampered: number
  readonly steps: readonly TamperStep[]
  /** The whole branch made again, as long as the honest one: those who know that stay with it. */
  readonly tieKeepsFirst: boolean
  /** One block more than the honest branch: then all change over. */
  readonly longerWins: boolean
}

/** A clock that is ahead of all blocks: times are not what is judged here. */
const NOW = 2 ** 32 - 1
const SOURCE = 'lab'

/**
 * @param length blocks, at least `tampered` + 1. @param tampered height of the block that is changed, from 2 up
 * @param saw gets each step with all blocks, from height 1 on, as they lie in a row then
 */
export function tamper(
  length: number,
  tampered: number,
  saw: (step: TamperStep, row: readonly Block[]) => void = () => {},
): TamperResult {
  const honest = labChain(length)
  const tree = new HeaderTree(LAB_NETWORK)
  const steps: TamperStep[] = []
  let row = honest
  const step = (done: string, height: number, verdict: string, hashes = 0, lostSuccessors = 0) => {
    const taken = { done, height, verdict, lostSuccessors, hashes }
    steps.push(taken)
    saw(taken, row)
  }
  const original = honest[tampered - 1] as Block
  const before = honest.slice(0, tampered - 1)
  const successor = honest.slice(tampered)
  step('nothing', length, verdictOf(tree, honest))

  const changed = changedBlock(original)
  row = [...before, changed, ...successor]
  step('a payment is changed', tampered, blockFault(changed)?.reason ?? 'valid')

  const fitting = withFittingRoot(changed)
  row = [...before, fitting, ...successor]
  step('its merkle root is made to fit', tampered, verdictOf(treeOf(before), [fitting]))

  const { header, hashes } = solveHeader(fitting.header)
  const again = new Block(header, fitting.transactions)
  const branch = treeOf(before)
  const verdict = verdictOf(branch, [again])
  row = [...before, again, ...successor]
  step('its work is done again', tampered, verdict, hashes, successor.filter((block) => !follows(branch, block)).length)
  step('and the block after it is left as it was', tampered + 1, verdictOf(branch, successor.slice(0, 1)))

  const { forged, hashes: more } = forgedBranch([...before, again], length)
  const tieVerdict = verdictOf(tree, forged)
  row = forged
  step('all blocks after it are made again', length, tieVerdict, more)
  const tieKeepsFirst = tree.find((honest.at(-1) as Block).hash) === tree.best
  const last = nextBlock(forged.at(-1) as Block, length + 1)
  row = [...forged, last.block]
  step('and one more than the others have', length + 1, verdictOf(tree, [last.block]), last.hashes)
  const longerWins = tree.find(last.block.hash) === tree.best
  return { blocks: length, tampered, steps, tieKeepsFirst, longerWins }
}

/** Every block by itself, then all headers after each other, into `tree`. */
function verdictOf(tree: HeaderTree, blocks: readonly Block[]): string {
  for (const block of blocks) {
    const fault = blockFault(block)
    if (fault) return fault.reason
  }
  const headers = concatBytes(blocks.map(({ header }) => header.bytes()))
  const outcome = new HeaderIntake(tree).accept(headers, SOURCE, NOW)
  if (outcome.status === 'refused') return outcome.fault.reason
  return outcome.status === 'accepted' ? 'valid' : outcome.status
}

function treeOf(blocks: readonly Block[]): HeaderTree {
  const tree = new HeaderTree(LAB_NETWORK)
  if (blocks.length > 0 && verdictOf(tree, blocks) !== 'valid') throw new Error('the honest chain is refused')
  return tree
}

function follows(tree: HeaderTree, { header }: Block): boolean {
  return tree.find(header.previous) !== -1
}

/** The last payment goes to the same script with a grain less: bytes that nobody would see. */
function changedBlock({ header, transactions }: Block): Block {
  const last = transactions.at(-1)
  if (!last || last.isCoinbase) throw new RangeError('a block without a payment')
  const [input] = last.inputs
  const spent = { txid: input?.previous.txid ?? new Uint8Array(32) }
  return new Block(header, [...transactions.slice(0, -1), payment(spent, (last.outputs[0]?.value ?? 0n) - 1n)])
}

/** The nonce stays as it was. */
function withFittingRoot({ header, transactions }: Block): Block {
  const { version, previous, time, bits, nonce } = header
  const root = rootOf(transactions)
  if (bytesEqual(root, header.merkleRoot)) throw new Error('nothing was changed')
  return new Block(new BlockHeader({ version, previous, time, bits, nonce, merkleRoot: root }), transactions)
}

/** The branch of `blocks` mined on to `length`, and the hashes that it took. */
function forgedBranch(blocks: readonly Block[], length: number): { forged: readonly Block[]; hashes: number } {
  const forged = [...blocks]
  let hashes = 0
  while (forged.length < length) {
    const next = nextBlock(forged.at(-1) as Block, forged.length + 1)
    forged.push(next.block)
    hashes += next.hashes
  }
  return { forged, hashes }
}
