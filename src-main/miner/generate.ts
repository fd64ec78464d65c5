/** Blocks at once, for networks on which they cost nothing: tests, demonstrations, development. */
import type { NodeChain } from '../chain/node/node-chain.ts'
import { BlockHeader, decodeHeader } from '../chain/primitives/header.ts'
import type { MinedBlock } from './mined-blocks.ts'
import { MinerError } from './miner-error.ts'
import { TemplateJob } from './mining-job.ts'

/** A network on which blocks cost nothing needs two tries or so. */
const MAX_NONCES = 100_000

export interface GenerateParts {
  readonly chain: Pick<NodeChain, 'template' | 'submitSolution'>
  readonly payTo: Uint8Array
  /** Four bytes, other ones each time. */
  readonly prefix: () => Uint8Array
  /** Seconds since 1970. */
  readonly now: () => number
  /** Told of each block. */
  readonly made: (block: MinedBlock) => void
}

/** Makes `count` blocks, one after the other. @throws MinerError NOT_MINED; those before it stand */
export async function generateBlocks(count: number, parts: GenerateParts): Promise<void> {
  const { chain, payTo, prefix, now, made } = parts
  for (let done = 0; done < count; done++) {
    const template = await chain.template({ payTo })
    const { bytes, extranonce } = new TemplateJob({ template, prefix: prefix(), now }).nextHeader() ?? {}
    if (bytes === undefined || extranonce === undefined)
      throw new MinerError({ code: 'NOT_MINED', reason: 'no header', done })
    const header = solved(bytes)
    if (header === undefined) throw new MinerError({ code: 'NOT_MINED', reason: 'too much work', done })
    const outcome = await chain.submitSolution({ id: template.id, header: header.bytes(), extranonce })
    // A block of somebody else came first: the next template is on it.
    if (outcome.status === 'stale' || outcome.status === 'stored') {
      done--
      continue
    }
    if (outcome.status !== 'connected') {
      const reason = outcome.status === 'refused' ? outcome.fault.reason : outcome.status
      throw new MinerError({ code: 'NOT_MINED', reason, done })
    }
    made({ hash: header.hash, height: template.height, reward: template.reward })
  }
}

function solved(bytes: Uint8Array): BlockHeader | undefined {
  const fields = decodeHeader(bytes)
  const { version, previous, merkleRoot, time, bits } = fields
  for (let nonce = 0; nonce < MAX_NONCES; nonce++) {
    const header = new BlockHeader({ version, previous, merkleRoot, time, bits, nonce })
    if (header.hasProofOfWork(2n ** 256n)) return header
  }
  return undefined
}
