import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import { networks } from '../consensus/networks.ts'
import type { BlockHeader } from '../primitives/header.ts'
import { solve } from '../test-support/block-builder.ts'
import { Branch } from './branch.ts'
import { HeaderIntake, LOW_WORK_MARGIN_BLOCKS, MAX_COUNTED_SOURCES } from './header-intake.ts'
import { HeaderMark, HeaderTree } from './header-tree.ts'
import { headersAfter, locatorOf, MAX_HEADERS_RESULTS, MAX_LOCATOR_HASHES, sharedHeight } from './locator.ts'

const network = networks.local
const genesis = network.genesis.header
const NOW = genesis.time + 1_000_000
const BITS = genesis.bits

/** Headers on top of `parent`, each a second after the one before. `kind` tells branches apart. */
function chainOn(parent: BlockHeader, count: number, kind = 0): BlockHeader[] {
  const headers: BlockHeader[] = []
  let previous = parent
  for (let i = 0; i < count; i++) {
    const merkleRoot = new Uint8Array(32).fill(kind)
    previous = solve({
      version: 0x2000_0000,
      previous: previous.hash,
      merkleRoot,
      time: previous.time + 1,
      bits: BITS,
      nonce: 0,
    })
    headers.push(previous)
  }
  return headers
}

const bytesOf = (headers: readonly BlockHeader[]) => concatBytes(headers.map((header) => header.bytes()))
const LONG = chainOn(genesis, LOW_WORK_MARGIN_BLOCKS + 60)

function intakeOf(limits = { perSource: 50, inAll: 80 }) {
  const tree = new HeaderTree(network)
  const intake = new HeaderIntake(tree, limits)
  const accept = (headers: readonly BlockHeader[], source = 'a') => intake.accept(bytesOf(headers), source, NOW)
  return { tree, intake, accept }
}

describe('headers', () => {
  test('are taken in the order of a chain, known ones again at no cost', () => {
    const { tree, accept } = intakeOf()
    expect(accept(LONG)).toMatchObject({ status: 'accepted', fresh: LONG.length, last: { height: LONG.length } })
    expect(accept(LONG.slice(10))).toMatchObject({ status: 'accepted', fresh: 0, last: { height: LONG.length } })
    expect(accept([genesis, ...LONG])).toMatchObject({ status: 'accepted', fresh: 0 })
    expect(tree.bestBranch.height).toBe(LONG.length)
  })

  test('whose parent is unknown are not taken', () => {
    const { tree, accept } = intakeOf()
    expect(accept(LONG.slice(1))).toEqual({ status: 'unconnected' })
    expect(tree.size).toBe(1)
  })

  test('before a bad one are taken, the bad one is named', () => {
    const { tree, accept } = intakeOf()
    const good = LONG.slice(0, 3)
    const bad = solve({ ...fieldsAfter(good[2] as BlockHeader), time: genesis.time })
    expect(accept([...good, bad])).toEqual({
      status: 'refused',
      hash: bad.hash,
      fault: { reason: 'time-too-old', kind: 'invalid' },
    })
    expect(tree.size).toBe(4)
    expect(tree.find(bad.hash)).toBe(-1)
  })

  test('that do not follow each other are refused', () => {
    const { accept } = intakeOf()
    expect(accept([LONG[0] as BlockHeader, LONG[2] as BlockHeader])).toMatchObject({
      status: 'refused',
      fault: { reason: 'headers-not-continuous' },
    })
  })

  test('after a bad one, and the bad one itself, are refused', () => {
    const { tree, accept } = intakeOf()
    accept(LONG.slice(0, 3))
    tree.markBad(2)
    expect(accept(LONG.slice(1, 2))).toMatchObject({ status: 'refused', fault: { reason: 'duplicate-invalid' } })
    expect(accept(chainOn(LONG[1] as BlockHeader, 1, 5))).toMatchObject({
      status: 'refused',
      fault: { reason: 'bad-prevblk' },
    })
  })

  test('are a whole number of them', () => {
    const { intake } = intakeOf()
    expect(() => intake.accept(new Uint8Array(0), 'a', NOW)).toThrow(RangeError)
    expect(() => intake.accept(new Uint8Array(81), 'a', NOW)).toThrow(RangeError)
  })
})

describe('a flood of headers of low work', () => {
  test('is stopped at the share of its source, others have their own', () => {
    const { tree, intake, accept } = intakeOf()
    accept(LONG)
    expect(accept(chainOn(genesis, 30, 1))).toMatchObject({ status: 'accepted', fresh: 30 })
    expect(accept(chainOn(genesis, 30, 2))).toEqual({ status: 'low-work' })
    expect(accept(chainOn(genesis, 20, 3))).toMatchObject({ status: 'accepted' })
    expect(accept(chainOn(genesis, 1, 4))).toEqual({ status: 'low-work' })
    expect(accept(chainOn(genesis, 30, 1), 'b')).toMatchObject({ status: 'accepted', fresh: 0 })
    expect(accept(chainOn(genesis, 30, 5), 'b')).toMatchObject({ status: 'accepted' })
    expect(intake.lowWorkHeaders).toBe(80)
    expect(tree.size).toBe(1 + LONG.length + 80)
  })

  test('is stopped at the share of all, whoever comes', () => {
    const { intake, accept } = intakeOf()
    accept(LONG)
    expect(['b', 'c', 'd'].map((source, i) => accept(chainOn(genesis, 40, i + 1), source).status)).toEqual([
      'accepted',
      'accepted',
      'low-work',
    ])
    intake.forget('b')
    expect(accept(chainOn(genesis, 1, 9), 'b')).toEqual({ status: 'low-work' })
  })

  test('counts nothing near the best chain, nor what goes beyond it', () => {
    const { intake, accept } = intakeOf({ perSource: 5, inAll: 5 })
    accept(LONG)
    const fork = LONG[LONG.length - 20] as BlockHeader
    expect(accept(chainOn(fork, 10, 1))).toMatchObject({ status: 'accepted', fresh: 10 })
    expect(accept(chainOn(genesis, LONG.length + 1, 2))).toMatchObject({ status: 'accepted', fresh: LONG.length + 1 })
    expect(intake.lowWorkHeaders).toBe(0)
  })

  test('is counted too where the work was only claimed', () => {
    const { tree, intake, accept } = intakeOf()
    accept(LONG)
    const cheap = chainOn(genesis, 20, 1)
    const claim = solve({ ...fieldsAfter(cheap[19] as BlockHeader), bits: 0x2000_ffff })
    expect(accept([...cheap, claim])).toMatchObject({ status: 'refused', fault: { reason: 'bad-diffbits' } })
    expect(intake.lowWorkHeaders).toBe(20)
    expect(tree.size).toBe(1 + LONG.length + 20)
  })

  test('is forgiven where its branch gets into the store', () => {
    const { tree, intake, accept } = intakeOf()
    accept(LONG)
    const branch = chainOn(genesis, 50, 1)
    accept(branch)
    const rows = intake.unstored(tree.find((branch[29] as BlockHeader).hash))
    expect(rows).toHaveLength(31)
    intake.settle(rows, 'a')
    expect(intake.lowWorkHeaders).toBe(20)
    expect(rows.every((row) => tree.has(row, HeaderMark.STORED))).toBe(true)
    expect(intake.unstored(rows[30] as number)).toEqual([])
    expect(accept(chainOn(genesis, 30, 2))).toMatchObject({ status: 'accepted' })
    expect(accept(chainOn(genesis, 1, 3))).toEqual({ status: 'low-work' })
  })

  test('leaves no more counts than a bound', () => {
    const { intake, accept } = intakeOf({ perSource: 1, inAll: 10_000 })
    accept(LONG)
    const [first] = chainOn(genesis, 1, 1)
    expect(intake.acceptOne(first as BlockHeader, 'first', NOW, false)).toMatchObject({
      status: 'accepted',
      isFresh: true,
    })
    const second = chainOn(genesis, 1, 2)
    expect(accept(second, 'first')).toEqual({ status: 'low-work' })
    for (let i = 0; i < MAX_COUNTED_SOURCES; i++) {
      const merkleRoot = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? i & 255 : at === 1 ? i >> 8 : 77))
      intake.accept(solve({ ...fieldsAfter(genesis), merkleRoot }).bytes(), `source ${i}`, NOW)
    }
    // The first one has been forgotten, and begins again.
    expect(accept(second, 'first')).toMatchObject({ status: 'accepted' })
  })

  test('does not keep out a header whose block was asked for', () => {
    const { intake, accept } = intakeOf({ perSource: 0, inAll: 0 })
    accept(LONG)
    const [low] = chainOn(genesis, 1, 1) as [BlockHeader]
    expect(intake.acceptOne(low, 'a', NOW, false)).toEqual({ status: 'low-work' })
    expect(intake.acceptOne(low, 'a', NOW, true)).toMatchObject({ status: 'accepted', isFresh: true })
    expect(intake.acceptOne(low, 'a', NOW, false)).toMatchObject({ status: 'accepted', isFresh: false })
    const [orphan] = chainOn(chainOn(low, 1)[0] as BlockHeader, 1) as [BlockHeader]
    expect(intake.acceptOne(orphan, 'a', NOW, true)).toEqual({ status: 'unconnected' })
    const late = solve({ ...fieldsAfter(genesis), time: NOW + 7_201 })
    expect(intake.acceptOne(late, 'a', NOW, true)).toMatchObject({ status: 'refused', fault: { kind: 'later' } })
  })
})

describe('locators', () => {
  const { tree, accept } = intakeOf()
  accept(LONG)
  accept(chainOn(LONG[99] as BlockHeader, 20, 1))
  const best = tree.bestBranch

  test('go from the end to genesis, ever sparser', () => {
    const locator = locatorOf(tree, best)
    const heights = locator.map((hash) => tree.height(tree.find(hash)))
    expect(heights.slice(0, 11)).toEqual(Array.from({ length: 11 }, (_, i) => LONG.length - i))
    expect(heights.at(-1)).toBe(0)
    expect(locator.length).toBeLessThanOrEqual(MAX_LOCATOR_HASHES)
  })

  test('find where branches part', () => {
    const side = new Branch(tree)
    side.moveTo(tree.size - 1)
    // Hashes of the side branch are dense at its end and 100 is among the next ones or below.
    const shared = sharedHeight(tree, best, locatorOf(tree, side))
    expect(shared).toBeLessThanOrEqual(100)
    expect(best.has(side.at(shared))).toBe(true)
    expect(sharedHeight(tree, best, [new Uint8Array(32)])).toBe(0)
    const far = [...Array.from({ length: MAX_LOCATOR_HASHES }, () => new Uint8Array(32)), tree.hash(best.at(50))]
    expect(sharedHeight(tree, best, far)).toBe(0)
    const behind = new Branch(tree)
    behind.moveTo(best.at(30))
    expect(sharedHeight(tree, behind, [tree.hash(best.at(60))])).toBe(30)
  })

  test('are answered with the headers behind, up to stop or limit', () => {
    const behind = (locator: Uint8Array[], stop: Uint8Array = new Uint8Array(32), limit = MAX_HEADERS_RESULTS) =>
      headersAfter(tree, best, locator, stop, limit)
    const at = (height: number) => tree.hash(best.at(height))
    expect(behind([at(3)])).toEqual(bytesOf(LONG.slice(3)))
    expect(behind([at(3)], at(5))).toEqual(bytesOf(LONG.slice(3, 5)))
    expect(behind([at(3)], at(2), 4)).toEqual(bytesOf(LONG.slice(3, 7)))
    expect(behind([at(LONG.length)])).toHaveLength(0)
    expect(behind([], at(9))).toEqual(bytesOf(LONG.slice(8, 9)))
    expect(behind([], new Uint8Array(32))).toHaveLength(0)
  })
})

function fieldsAfter(parent: BlockHeader) {
  const merkleRoot = new Uint8Array(32)
  return { version: 0x2000_0000, previous: parent.hash, merkleRoot, time: parent.time + 1, bits: BITS, nonce: 0 }
}
