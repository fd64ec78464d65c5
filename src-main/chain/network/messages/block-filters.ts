/**
 * Block filters, their headers and checkpoints (BIP 157): three questions and three answers. Whether an answer fits its
 * question, and whether a filter fits its header, is for those who asked.
 */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { ByteWriter, compactSizeBytes, sizedBytesSize } from '../../../codec/byte-writer.ts'
import { MAX_FILTER_BYTES } from '../../light/block-filter.ts'
import { HASH_BYTES } from '../../primitives/hashes.ts'
import { hashListSize, maxHashListBytes, readHashes, writeHashes } from './hash-lists.ts'
import { atMost, type MessageCodec } from './message-codec.ts'

/** The only kind of filter there is: BIP 158. */
export const BASIC_FILTER = 0
/** Filters that one `getcfilters` may ask for; each comes in a message of its own. */
export const MAX_FILTERS_ASKED = 1_000
/** Hashes that one `cfheaders` holds. */
export const MAX_FILTER_HASHES = 2_000
/** Blocks from one checkpoint to the next. */
export const FILTER_CHECKPOINT_INTERVAL = 1_000
/** Enough for twenty million blocks: 38 years at one a minute. */
export const MAX_FILTER_CHECKPOINTS = 20_000

/** Asks for the blocks from `startHeight` to the one named, both included. */
export interface FilterRangeMessage<C extends 'getcfilters' | 'getcfheaders'> {
  readonly command: C
  readonly filterType: number
  readonly startHeight: number
  /** 32 bytes, internal byte order. */
  readonly stopHash: Uint8Array
}

export interface FilterCheckpointsQuestion {
  readonly command: 'getcfcheckpt'
  readonly filterType: number
  readonly stopHash: Uint8Array
}

export interface FilterMessage {
  readonly command: 'cfilter'
  readonly filterType: number
  readonly blockHash: Uint8Array
  /** What `BlockFilter.decode` reads. */
  readonly filter: Uint8Array
}

export interface FilterHeaders {
  readonly command: 'cfheaders'
  readonly filterType: number
  readonly stopHash: Uint8Array
  /** Filter header of the block before the first: 32 bytes. */
  readonly previous: Uint8Array
  /** Filter hashes of the blocks in a row, the last that of `stopHash`. */
  readonly hashes: readonly Uint8Array[]
}

export interface FilterCheckpoints {
  readonly command: 'cfcheckpt'
  readonly filterType: number
  readonly stopHash: Uint8Array
  /** Filter headers at heights 1,000, 2,000 and so on. */
  readonly headers: readonly Uint8Array[]
}

function filterRange<C extends 'getcfilters' | 'getcfheaders'>(command: C): MessageCodec<FilterRangeMessage<C>> {
  const size = 1 + 4 + HASH_BYTES
  return {
    command,
    maxBytes: size,
    encode: (m) => new ByteWriter(size).u8(m.filterType).u32(m.startHeight).bytes(m.stopHash).done(),
    decode(payload) {
      const reader = new ByteReader(payload)
      const filterType = reader.u8()
      const startHeight = reader.u32()
      const stopHash = reader.bytes(HASH_BYTES)
      reader.end()
      return { command, filterType, startHeight, stopHash }
    },
  }
}

export const getcfilters = filterRange('getcfilters')
export const getcfheaders = filterRange('getcfheaders')

export const getcfcheckpt: MessageCodec<FilterCheckpointsQuestion> = {
  command: 'getcfcheckpt',
  maxBytes: 1 + HASH_BYTES,
  encode: ({ filterType, stopHash }) => new ByteWriter(1 + HASH_BYTES).u8(filterType).bytes(stopHash).done(),
  decode(payload) {
    const reader = new ByteReader(payload)
    const filterType = reader.u8()
    const stopHash = reader.bytes(HASH_BYTES)
    reader.end()
    return { command: 'getcfcheckpt', filterType, stopHash }
  },
}

export const cfilter: MessageCodec<FilterMessage> = {
  command: 'cfilter',
  maxBytes: 1 + HASH_BYTES + compactSizeBytes(MAX_FILTER_BYTES) + MAX_FILTER_BYTES,
  encode({ filterType, blockHash, filter }) {
    const writer = new ByteWriter(1 + HASH_BYTES + sizedBytesSize(filter))
    return writer.u8(filterType).bytes(blockHash).sizedBytes(filter).done()
  },
  decode(payload) {
    const reader = new ByteReader(payload)
    const filterType = reader.u8()
    const blockHash = reader.bytes(HASH_BYTES)
    const filter = reader.sizedBytes()
    reader.end()
    return { command: 'cfilter', filterType, blockHash, filter }
  },
}

export const cfheaders: MessageCodec<FilterHeaders> = {
  command: 'cfheaders',
  maxBytes: 1 + 2 * HASH_BYTES + maxHashListBytes(MAX_FILTER_HASHES),
  encode({ filterType, stopHash, previous, hashes }) {
    atMost('filter hashes', hashes, MAX_FILTER_HASHES)
    const writer = new ByteWriter(1 + 2 * HASH_BYTES + hashListSize(hashes))
    return writeHashes(writer.u8(filterType).bytes(stopHash).bytes(previous), hashes).done()
  },
  decode(payload) {
    const reader = new ByteReader(payload)
    const filterType = reader.u8()
    const stopHash = reader.bytes(HASH_BYTES)
    const previous = reader.bytes(HASH_BYTES)
    const hashes = readHashes(reader, 'filter hashes', MAX_FILTER_HASHES)
    reader.end()
    return { command: 'cfheaders', filterType, stopHash, previous, hashes }
  },
}

export const cfcheckpt: MessageCodec<FilterCheckpoints> = {
  command: 'cfcheckpt',
  maxBytes: 1 + HASH_BYTES + maxHashListBytes(MAX_FILTER_CHECKPOINTS),
  encode({ filterType, stopHash, headers }) {
    atMost('filter headers', headers, MAX_FILTER_CHECKPOINTS)
    const writer = new ByteWriter(1 + HASH_BYTES + hashListSize(headers))
    return writeHashes(writer.u8(filterType).bytes(stopHash), headers).done()
  },
  decode(payload) {
    const reader = new ByteReader(payload)
    const filterType = reader.u8()
    const stopHash = reader.bytes(HASH_BYTES)
    const headers = readHashes(reader, 'filter headers', MAX_FILTER_CHECKPOINTS)
    reader.end()
    return { command: 'cfcheckpt', filterType, stopHash, headers }
  },
}
