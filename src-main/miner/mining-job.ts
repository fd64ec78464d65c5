/**
 * Work from a template: each header has an extranonce of its own, so that no two threads ever hash the same, and the time as
 * it is when the header is asked for.
 */

import type { BlockTemplate } from '../chain/node/node-chain.ts'
import { BlockHeader } from '../chain/primitives/header.ts'
import { targetFromBits } from '../chain/primitives/target.ts'
import { EXTRANONCE_BYTES, merkleRootOf } from '../chain/template/block-template.ts'
import type { MiningHeader, MiningJob } from '../kernel/mining-workers.ts'

/** The first half of an extranonce is the job's, the second counts its headers. */
const PREFIX_BYTES = EXTRANONCE_BYTES / 2
const MAX_HEADERS = 2 ** 32

export interface TemplateJobParts {
  readonly template: BlockTemplate
  /** Four bytes that no other job on this template has. */
  readonly prefix: Uint8Array
  /** Seconds since 1970. */
  readonly now: () => number
}

export class TemplateJob implements MiningJob {
  readonly template: BlockTemplate
  readonly target: bigint
  readonly #prefix: Uint8Array
  readonly #now: () => number
  #headers = 0

  constructor({ template, prefix, now }: TemplateJobParts) {
    const target = targetFromBits(template.bits)
    if (typeof target !== 'bigint') throw new RangeError(`bits ${template.bits} stand for no target`)
    if (prefix.length !== PREFIX_BYTES) throw new RangeError(`a prefix has ${PREFIX_BYTES} bytes`)
    this.template = template
    this.target = target
    this.#prefix = prefix
    this.#now = now
  }

  nextHeader(): MiningHeader | undefined {
    if (this.#headers >= MAX_HEADERS) return undefined
    const extranonce = new Uint8Array(EXTRANONCE_BYTES)
    extranonce.set(this.#prefix)
    new DataView(extranonce.buffer).setUint32(PREFIX_BYTES, this.#headers++)
    const { version, previous, bits, minimumTime } = this.template
    const time = Math.max(minimumTime, this.#now())
    const merkleRoot = merkleRootOf(this.template, extranonce)
    return { bytes: new BlockHeader({ version, previous, merkleRoot, time, bits, nonce: 0 }).bytes(), extranonce }
  }
}
