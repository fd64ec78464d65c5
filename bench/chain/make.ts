/**
 * Makes a chain and writes its blocks into a folder: `make.ts full FOLDER '{"blocks":40}'`. All of them are valid on the local
 * network, and the same every time but for one that is as random as its coins.
 */
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BlockHeader } from '../../src-main/chain/primitives/header.ts'
import { bitsFromTarget } from '../../src-main/chain/primitives/target.ts'
import { solve } from '../../src-main/chain/test-support/block-builder.ts'
import { coinOf, type OwnedCoin, type TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import { concatBytes } from '../../src-main/kernel/bytes.ts'
import { BlockFile } from './block-file.ts'
import { ChainMaker, keysFrom, network, ownedBy, passOn } from './chain-maker.ts'

/** Of one input and one output of P2WPKH: as many as 4,000,000 weight units surely have room for. */
const SPENDS_OF_FULL_BLOCK = 9_125
/** Outputs of P2WPKH: nearly a block. */
const OUTPUTS_OF_FULL_BLOCK = 31_250
const SPENDS_OF_SMALL_BLOCK = 5
const MATURED = network.coinbaseMaturity

const [what = '', folder = '.', options = '{}'] = process.argv.slice(2)
const numbers = JSON.parse(options) as Readonly<Record<string, number>>
const number = (name: string) => numbers[name] as number
const fileOf = (name: string) => new BlockFile(join(folder, `${name}.blocks`))

/** Empty blocks, then one that makes coins for all keys. */
function prepare(maker: ChainMaker, file: BlockFile, keys: readonly TestKey[]): OwnedCoin[] {
  maker.mineEmpty(file, MATURED)
  const fanOut = maker.fanOut(keys.map(({ p2wpkh }) => p2wpkh))
  maker.mine(file, [fanOut])
  return ownedBy(fanOut, keys)
}

/** A block that passes all coins on; they are those of its transactions afterwards. */
function passAll(maker: ChainMaker, file: BlockFile, coins: OwnedCoin[]): void {
  const transactions = coins.map(passOn)
  for (const [i, transaction] of transactions.entries()) coins[i] = coinOf(transaction, 0, coins[i]?.key)
  maker.mine(file, transactions)
}

/** Blocks of nothing but P2WPKH spends, as many as fit, each of the coins of the one before. */
function full(): void {
  const [before, blocks] = [fileOf('full-before'), fileOf('full')]
  const maker = new ChainMaker()
  const coins = prepare(maker, before, keysFrom(0, SPENDS_OF_FULL_BLOCK))
  for (let i = 0; i < number('blocks'); i++) passAll(maker, blocks, coins)
}

function empty(): void {
  new ChainMaker().mineEmpty(fileOf('empty'), number('blocks'))
}

function headers(): void {
  const made: Uint8Array[] = []
  let { header } = network.genesis
  for (let i = 0; i < number('headers'); i++) {
    const fields = { version: 0x2000_0000, previous: header.hash, merkleRoot: header.hash, nonce: 0 }
    header = solve({ ...fields, time: header.time + 1, bits: bitsFromTarget(network.proofOfWork.limit) })
    made.push(new BlockHeader(header).bytes())
  }
  writeFileSync(join(folder, 'headers.bin'), concatBytes(made))
}

/** Blocks of a few spends, and a branch of them that leaves at a height and is one block longer than `length`. */
function small(): void {
  const [file, branchFile] = [fileOf('small'), fileOf('branch')]
  const maker = new ChainMaker()
  const coins = prepare(maker, file, keysFrom(0, SPENDS_OF_SMALL_BLOCK))
  let branch: ChainMaker | undefined
  while (maker.height < number('blocks')) {
    if (maker.height === number('fork')) {
      branch = new ChainMaker(1, maker)
      const branchCoins = [...coins]
      for (let i = 0; i <= number('length'); i++) passAll(branch, branchFile, branchCoins)
    }
    passAll(maker, file, coins)
  }
}

/** Many coins, a part of which can be spent, and blocks that spend them in no order. */
function coins(): void {
  const [before, file] = [fileOf('coins-before'), fileOf('coins')]
  const maker = new ChainMaker()
  const fillers = Math.ceil(number('coins') / OUTPUTS_OF_FULL_BLOCK)
  const perFiller = Math.ceil((number('blocks') * number('spends')) / fillers)
  const keys = keysFrom(0, fillers * perFiller)
  maker.mineEmpty(before, MATURED)
  const owned: OwnedCoin[] = []
  for (let i = 0; i < fillers; i++) {
    const ours = keys.slice(i * perFiller, (i + 1) * perFiller)
    const others = Array.from({ length: OUTPUTS_OF_FULL_BLOCK - ours.length }, randomKeyHashScript)
    const fanOut = maker.fanOut([...ours.map(({ p2wpkh }) => p2wpkh), ...others])
    maker.mine(before, [fanOut])
    owned.push(...ownedBy(fanOut, ours))
  }
  // Every block spends of all the blocks before: neighbours in the list are of the same one.
  for (let block = 0; block < number('blocks'); block++) {
    const spent = owned.filter((_, i) => i % number('blocks') === block).slice(0, number('spends'))
    maker.mine(file, spent.map(passOn))
  }
}

function randomKeyHashScript(): Uint8Array {
  return concatBytes([Uint8Array.of(0, 20), randomBytes(20)])
}

const CHAINS: Readonly<Record<string, () => void>> = { full, empty, headers, small, coins }
const make = CHAINS[what]
if (make === undefined) throw new Error(`no chain ${what}`)
make()
console.log(JSON.stringify({ made: what }))
