/** Messages that say all by their name. */
import { ByteReader } from '../../../codec/byte-reader.ts'
import type { MessageCodec } from './message-codec.ts'

/**
 * `verack`: your `version` is taken. `sendaddrv2`: tell me addresses by `addrv2` (BIP 155). `wtxidrelay`: announce
 * transactions by their wtxid (BIP 339). `sendheaders`: announce blocks by `headers` (BIP 130). `getaddr`: tell me
 * addresses. `mempool`: announce what is in your mempool (BIP 35).
 */
export type EmptyCommand = 'verack' | 'sendaddrv2' | 'wtxidrelay' | 'sendheaders' | 'getaddr' | 'mempool'

export interface EmptyMessage<C extends EmptyCommand> {
  readonly command: C
}

const NOTHING = new Uint8Array(0)

function emptyMessage<C extends EmptyCommand>(command: C): MessageCodec<EmptyMessage<C>> {
  return {
    command,
    maxBytes: 0,
    encode: () => NOTHING,
    decode(payload) {
      new ByteReader(payload).end()
      return { command }
    },
  }
}

export const verack = emptyMessage('verack')
export const sendaddrv2 = emptyMessage('sendaddrv2')
export const wtxidrelay = emptyMessage('wtxidrelay')
export const sendheaders = emptyMessage('sendheaders')
export const getaddr = emptyMessage('getaddr')
export const mempool = emptyMessage('mempool')
