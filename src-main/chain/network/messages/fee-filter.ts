/** `feefilter` (BIP 133): announce no transactions below this fee rate to me. */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { ByteWriter } from '../../../codec/byte-writer.ts'
import type { MessageCodec } from './message-codec.ts'

export interface FeeFilter {
  readonly command: 'feefilter'
  /** Grains per 1,000 virtual bytes; signed, as it came: what is no amount is to be ignored. */
  readonly feeRate: bigint
}

const FEE_RATE_BYTES = 8

export const feefilter: MessageCodec<FeeFilter> = {
  command: 'feefilter',
  maxBytes: FEE_RATE_BYTES,
  encode: ({ feeRate }) => new ByteWriter(FEE_RATE_BYTES).i64(feeRate).done(),
  decode(payload) {
    const reader = new ByteReader(payload)
    const feeRate = reader.i64()
    reader.end()
    return { command: 'feefilter', feeRate }
  },
}
