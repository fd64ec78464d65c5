/**
 * `getblocks` and `getheaders`: what follows the first block of the locator that is on your best chain, up to `stop`.
 * They are answered by `inv` and by `headers`.
 */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { ByteWriter } from '../../../codec/byte-writer.ts'
import { HASH_BYTES } from '../../primitives/hashes.ts'
import { hashListSize, maxHashListBytes, readHashes, writeHashes } from './hash-lists.ts'
import { atMost, type MessageCodec } from './message-codec.ts'

export const MAX_LOCATOR_HASHES = 101

export interface LocatorMessage<C extends 'getblocks' | 'getheaders'> {
  readonly command: C
  /** Protocol version of the sender, 0 to 2^32 - 1; says nothing. */
  readonly version: number
  /** Block hashes of the sender's chain from its tip down, ever sparser. 32 bytes each, internal byte order. */
  readonly locator: readonly Uint8Array[]
  /** 32 bytes; zeros for as many as one message holds. */
  readonly stop: Uint8Array
}

function locatorMessage<C extends 'getblocks' | 'getheaders'>(command: C): MessageCodec<LocatorMessage<C>> {
  return {
    command,
    maxBytes: 4 + maxHashListBytes(MAX_LOCATOR_HASHES) + HASH_BYTES,
    encode({ version, locator, stop }) {
      atMost('hashes', locator, MAX_LOCATOR_HASHES)
      const writer = new ByteWriter(4 + hashListSize(locator) + HASH_BYTES).u32(version)
      return writeHashes(writer, locator).bytes(stop).done()
    },
    decode(payload) {
      const reader = new ByteReader(payload)
      const version = reader.u32()
      const locator = readHashes(reader, 'hashes of a locator', MAX_LOCATOR_HASHES)
      const stop = reader.bytes(HASH_BYTES)
      reader.end()
      return { command, version, locator, stop }
    },
  }
}

export const getblocks = locatorMessage('getblocks')
export const getheaders = locatorMessage('getheaders')
