import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesEqual } from '../../kernel/bytes.ts'
import { Block, decodeBlock } from '../primitives/block.ts'
import { Transaction } from '../primitives/transaction.ts'
import { vectorBytes } from '../test-support/vectors.ts'
import { type CompactBlock, compactBlockOf, decodeCompactBlock } from './compact-block.ts'
import { answerTo } from './compact-block-messages.ts'
import { CompactBlockReconstruction, type Reconstruction } from './compact-block-reconstruction.ts'
import { ShortIds } from './short-transaction-ids.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 2_000 : 100
const fault = (code: string) => expect.objectContaining({ code })
const block = decodeBlock(vectorBytes('blocks/bcoin_block898352.raw'))
const witnessBlock = decodeBlock(vectorBytes('blocks/rust_testnet_segwit_block.raw'))
const stranger = decodeBlock(vectorBytes('blocks/bcoin_block1.raw')).transactions[0] as Transaction

const at = (index: number) => block.transactions[index] as Transaction
const compact = compactBlockOf(block, 5n)

function offered(form: CompactBlock, transactions: readonly Transaction[]): CompactBlockReconstruction {
  const reconstruction = new CompactBlockReconstruction(form)
  for (const transaction of transactions) reconstruction.offer(transaction)
  return reconstruction
}

function requestOf(result: Reconstruction) {
  if (result.outcome !== 'missing') throw new Error(`nothing is missing: ${result.outcome}`)
  return result.request
}

function expectBlock(result: Reconstruction, expected: Block): void {
  if (result.outcome !== 'block') throw new Error(`no block: ${result.outcome}`)
  expect(result.block.bytes()).toEqual(expected.bytes())
}

/** The compact form in which `place` (not prefilled) has the short id of `transaction`: a collision. */
function colliding(place: number, transaction: Transaction): CompactBlock {
  const id = new ShortIds(compact.header, compact.nonce).of(transaction.wtxid)
  return { ...compact, shortIds: compact.shortIds.with(place - 1, id) }
}

describe('a compact block', () => {
  test('of another program is put together from the transactions of its block, in any order, among others', () => {
    const form = decodeCompactBlock(vectorBytes('blocks/bcoin_compact898352.raw'))
    expectBlock(offered(form, [stranger, ...block.transactions.toReversed(), stranger]).result(), block)
  })

  test('with any part of its transactions known is completed by those that were asked for', () => {
    for (const whole of [block, witnessBlock]) {
      const places = whole.transactions.map((_, index) => index)
      fc.assert(
        fc.property(fc.subarray(places), fc.subarray(places), fc.nat(), (prefilled, known, nonce) => {
          const form = compactBlockOf(whole, BigInt(nonce), prefilled)
          const reconstruction = offered(
            form,
            known.map((index) => whole.transactions[index] as Transaction),
          )
          const result = reconstruction.result()
          const missing = places.filter((index) => !prefilled.includes(index) && !known.includes(index))
          if (missing.length === 0) return expectBlock(result, whole)
          const request = requestOf(result)
          expect(request).toEqual({ blockHash: whole.hash, indexes: missing })
          expectBlock(reconstruction.complete(answerTo(request, whole)), whole)
        }),
        { seed: 152, numRuns },
      )
    }
  })
})

describe('short ids that collide', () => {
  test('two places with one short id are both asked for', () => {
    const form = { ...compact, shortIds: compact.shortIds.with(4, compact.shortIds[1] as number) }
    const result = offered(form, block.transactions).result()
    expect(requestOf(result).indexes).toEqual([2, 5])
  })

  test('three places with one short id are all asked for', () => {
    const id = compact.shortIds[1] as number
    const form = { ...compact, shortIds: compact.shortIds.with(4, id).with(6, id) }
    expect(requestOf(offered(form, block.transactions).result()).indexes).toEqual([2, 5, 7])
  })

  test('two known transactions for one place: it is asked for, and stays so for a third', () => {
    const real = new ShortIds(compact.header, compact.nonce)
    // The stranger's short id is that of transaction 1.
    const ids = { of: (wtxid: Uint8Array) => real.of(bytesEqual(wtxid, stranger.wtxid) ? at(1).wtxid : wtxid) }
    for (const known of [
      [at(1), stranger],
      [stranger, at(1), stranger],
      [at(1), stranger, at(1), at(1)],
    ]) {
      const reconstruction = new CompactBlockReconstruction(compact, ids)
      for (const transaction of [...known, ...block.transactions.slice(2)]) reconstruction.offer(transaction)
      const request = requestOf(reconstruction.result())
      expect(request.indexes).toEqual([1])
      expectBlock(reconstruction.complete(answerTo(request, block)), block)
    }
  })

  test('the same transaction twice is no collision', () => {
    expectBlock(offered(compact, [...block.transactions, ...block.transactions]).result(), block)
  })

  test('a wrong transaction under a right short id: the whole block is to be fetched', () => {
    const known = [stranger, ...block.transactions]
    expect(offered(colliding(3, stranger), known).result()).toEqual({ outcome: 'fetch-block' })
  })

  test('a transaction with the right id and a wrong witness: the whole block is to be fetched', () => {
    const good = witnessBlock.transactions[1] as Transaction
    const inputs = good.inputs.map((input) => ({ ...input, witness: [Uint8Array.of(1)] }))
    const bad = new Transaction({ version: good.version, outputs: good.outputs, lockTime: good.lockTime, inputs })
    expect(bad.txid).toEqual(good.txid)
    const changed = new Block(witnessBlock.header, witnessBlock.transactions.with(1, bad))
    const result = offered(compactBlockOf(changed, 1n), changed.transactions).result()
    expect(result).toEqual({ outcome: 'fetch-block' })
  })
})

describe('an answer', () => {
  const waiting = () => {
    const reconstruction = offered(compact, block.transactions.slice(0, 8))
    return { reconstruction, request: requestOf(reconstruction.result()) }
  }

  test('that is none is refused and changes nothing', () => {
    const { reconstruction, request } = waiting()
    const transactions = [at(8), at(9)]
    const { blockHash } = request
    const refused = (answer: Parameters<typeof reconstruction.complete>[0], code: string) =>
      expect(() => reconstruction.complete(answer)).toThrow(fault(code))
    refused({ blockHash: witnessBlock.hash, transactions }, 'NOT_ASKED_FOR')
    refused({ blockHash, transactions: [at(8)] }, 'WRONG_COUNT')
    refused({ blockHash, transactions: [at(8), at(9), at(9)] }, 'WRONG_COUNT')
    refused({ blockHash, transactions: [at(9), at(8)] }, 'WRONG_TRANSACTION')
    refused({ blockHash, transactions: [at(8), stranger] }, 'WRONG_TRANSACTION')
    expectBlock(reconstruction.complete({ blockHash, transactions }), block)
  })

  test('out of turn is our mistake', () => {
    const { reconstruction, request } = waiting()
    expect(() => reconstruction.offer(at(8))).toThrow('after its result')
    expect(() => reconstruction.result()).toThrow('asked twice')
    expect(() => new CompactBlockReconstruction(compact).complete(answerTo(request, block))).toThrow(
      'waits for nothing',
    )
    reconstruction.complete(answerTo(request, block))
    expect(() => reconstruction.complete(answerTo(request, block))).toThrow('waits for nothing')
  })
})
