/** bcoin as something to compare the chain with: how long it takes to validate blocks that lie in memory. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bcoinFolder, ensureBcoin } from '../scripts/bcoin.mjs'
import type { ChainNetwork } from '../src-main/chain/consensus/network.ts'
import { bcoinParameters } from '../test/interop/support/bcoin-protocol.ts'
import { Run } from './run.ts'

export interface BcoinJob {
  /** One whose difficulty is fixed. */
  readonly network: ChainNetwork
  /** Serialised, from height 1 on; not measured. @default none */
  readonly before?: readonly Uint8Array[]
  /** Serialised, each after the one before it. */
  readonly blocks: readonly Uint8Array[]
  /** Processes that check scripts for it, as its program has them; as a library it does so in its own. @default 0 */
  readonly workers?: number
}

/** Of `blocks` alone, their decoding included. */
export interface BcoinValidation {
  readonly seconds: number
  /** Of all its processes. */
  readonly cpuSeconds: number
  readonly blocks: number
  /** Coinbases included. */
  readonly transactions: number
  readonly height: number
  /** As people read it. */
  readonly tip: string
}

/**
 * Validates in a process of its own: the chain of bcoin alone, its store in memory, no indexes. Installs bcoin where that
 * has not been done. @param folder takes the blocks while it runs. @throws where bcoin refuses one
 */
export async function validateWithBcoin(folder: string, job: BcoinJob): Promise<BcoinValidation> {
  ensureBcoin()
  const { network, before, blocks, workers = 0 } = job
  const files = { before: before && join(folder, 'bcoin-before.blocks'), blocks: join(folder, 'bcoin.blocks') }
  try {
    if (before && files.before) writeBlocks(files.before, before)
    writeBlocks(files.blocks, blocks)
    const options = { parameters: bcoinParameters(network), ...files, workers }
    const script = join(bcoinFolder, 'bcoin-validate.cjs')
    const run = new Run([process.execPath, '--no-deprecation', script, JSON.stringify(options)])
    const answer = JSON.parse(await run.line(/^\{/)) as BcoinValidation
    await run.finished()
    return answer
  } finally {
    for (const file of [files.before, files.blocks]) if (file) rmSync(file, { force: true })
  }
}

function writeBlocks(path: string, blocks: readonly Uint8Array[]): void {
  const parts: Uint8Array[] = []
  for (const block of blocks) {
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, block.length, true)
    parts.push(length, block)
  }
  writeFileSync(path, Buffer.concat(parts))
}
