/**
 * The 194 full-block instances of btcd's generator (the port of Bitcoin Core's block acceptance test), in their order and
 * with their verdicts, through the whole chainstate.
 */
import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { displayHash } from '../primitives/hashes.ts'
import { bitcoinRegtest } from '../test-support/bitcoin-networks.ts'
import { openChainstate, SteppedClock } from '../test-support/chainstate-bed.ts'
import { vectorBytes, vectorJson } from '../test-support/vectors.ts'
import type { Chainstate } from './chainstate.ts'

interface Instance {
  readonly kind: 'header' | 'accept' | 'reject' | 'orphan_or_reject' | 'tip' | 'reject_noncanonical'
  readonly name: string
  readonly hash: string
  readonly part: number
  readonly off: number
  readonly len: number
  readonly main?: boolean
  readonly orphan?: boolean
  readonly code?: string
  readonly generated_unix?: number
}

/** Our reason for what btcd calls so. */
const REASONS: Readonly<Record<string, string>> = {
  ErrMissingTxOut: 'bad-txns-inputs-missingorspent',
  ErrBadCoinbaseValue: 'bad-cb-amount',
  ErrTooManySigOps: 'bad-blk-sigops',
  ErrImmatureSpend: 'bad-txns-premature-spend-of-coinbase',
  ErrBlockTooBig: 'bad-blk-length',
  ErrBadCoinbaseScriptLen: 'bad-cb-length',
  ErrFirstTxNotCoinbase: 'bad-cb-missing',
  ErrNoTransactions: 'bad-blk-length',
  ErrHighHash: 'high-hash',
  ErrTimeTooNew: 'time-too-new',
  ErrBadMerkleRoot: 'bad-txnmrklroot',
  ErrUnexpectedDifficulty: 'bad-diffbits',
  ErrMultipleCoinbases: 'bad-cb-multiple',
  ErrDuplicateTx: 'bad-txns-duplicate',
  ErrTimeTooOld: 'time-too-old',
  ErrSpendTooHigh: 'bad-txns-in-belowout',
  ErrOverwriteTx: 'bad-txns-BIP30',
  ErrUnfinalizedTx: 'bad-txns-nonfinal',
}

/**
 * Refused there, good here, as in Bitcoin Core. b12: its children came before it, and btcd reports that the second of them is
 * bad; it is valid itself, as is the first, which is the tip then. b56p2: on a side chain, whose blocks are not connected before they are best.
 */
const KEPT: Readonly<Record<string, 'stored'>> = { b12: 'stored', b56p2: 'stored' }

/**
 * Refused for another reason. b48: its header is that of b45, a block without transactions, and no other block can fit that: it
 * is remembered as bad. b49a: its bits stand for no target, so no hash meets them. b51: holds a transaction twice, not
 * where the tree could hide it; as in Bitcoin Core the second one finds its inputs spent.
 */
const OTHERWISE: Readonly<Record<string, string>> = {
  b48: 'duplicate-invalid',
  b49a: 'high-hash',
  b51: 'bad-txns-inputs-missingorspent',
}

const [header, ...instances] = vectorJson<Instance[]>('fullblocks/index.json')
const parts = [0, 1, 2].map((part) => brotliDecompressSync(vectorBytes(`fullblocks/blocks${part}.bin.br`)))
const clock = new SteppedClock(header?.generated_unix)

function bytesOf({ part, off, len }: Instance): Uint8Array {
  return new Uint8Array((parts[part] as Buffer).subarray(off, off + len))
}

describe('full blocks', () => {
  test('there are 194', () => {
    expect(instances).toHaveLength(194)
  })

  test('each one gets its verdict, for the reason named', async () => {
    const chainstate = await openChainstate({ network: bitcoinRegtest, clock })
    /** Came before their parents: they are offered again once these are there, as on a network. */
    const early: Instance[] = []
    for (const instance of instances) {
      expect({ name: instance.name, ...(await verdictOf(chainstate, instance, early)) }).toEqual({
        name: instance.name,
        ...expectedOf(instance),
      })
    }
    await chainstate.close()
  })
})

async function verdictOf(chainstate: Chainstate, instance: Instance, early: Instance[]): Promise<object> {
  if (instance.kind === 'tip') return { tip: displayHash(chainstate.tip.hash) }
  const found: string[] = []
  const unwatch = chainstate.watch({ blockRefused: ({ fault }) => found.push(fault.reason) })
  const outcome = await chainstate.acceptBlock(bytesOf(instance), 'peer', true)
  unwatch()
  if (outcome.status === 'unconnected') early.push(instance)
  else
    for (const again of early.splice(0))
      if ((await chainstate.acceptBlock(bytesOf(again), 'peer', true)).status === 'unconnected') early.push(again)
  // Where a block below it on its branch is to blame, that block's fault is the one that btcd tells.
  if (outcome.status === 'refused') return { status: 'refused', reason: found[0] ?? outcome.fault.reason }
  return { status: outcome.status }
}

function expectedOf({ kind, name, hash, main, orphan, code }: Instance): object {
  switch (kind) {
    case 'tip':
      return { tip: hash }
    case 'accept':
      return { status: orphan ? 'unconnected' : main ? 'connected' : 'stored' }
    case 'reject':
      return KEPT[name] ? { status: KEPT[name] } : { status: 'refused', reason: OTHERWISE[name] ?? REASONS[code ?? ''] }
    case 'orphan_or_reject':
      return { status: 'refused', reason: 'bad-prevblk' }
    case 'reject_noncanonical':
      return { status: 'refused', reason: 'bad-blk-encoding' }
    default:
      throw new Error(`an instance of kind ${kind}`)
  }
}
