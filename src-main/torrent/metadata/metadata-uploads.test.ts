import { describe, expect, test } from 'vitest'
import { dial, extended, handshakeBytes, type TestPeer } from '../wire/test-support.ts'
import { decodeMetadataMessage, METADATA_PIECE_LENGTH } from './metadata-message.ts'
import { METADATA_BURST_PIECES } from './metadata-serving.ts'
import { MAX_METADATA_REJECTS, MAX_METADATA_WAITING, MetadataUploads } from './metadata-uploads.ts'

function peer(): TestPeer {
  const made = dial()
  made.stream.connected()
  made.deliver(handshakeBytes())
  made.deliver(extended(0, 'd1:md11:ut_metadatai3eee'))
  made.socket.take()
  return made
}

/** The answers that a peer got, as types. */
function answers({ socket }: TestPeer): (string | undefined)[] {
  const types: (string | undefined)[] = []
  let bytes = socket.take()
  while (bytes.length > 0) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
    types.push(decodeMetadataMessage(bytes.subarray(6, 4 + length))?.type)
    bytes = bytes.subarray(4 + length)
  }
  return types
}

const info = new Uint8Array(200 * METADATA_PIECE_LENGTH).fill(7)

describe('metadata for a peer', () => {
  test('goes out as it is asked for; what there is not is rejected', () => {
    const uploads = new MetadataUploads<TestPeer>(info.subarray(0, METADATA_PIECE_LENGTH + 1))
    expect(uploads.size).toBe(METADATA_PIECE_LENGTH + 1)
    const one = peer()
    expect([0, 1, 2].map((piece) => uploads.requested(one, piece, 0))).toEqual(['sent', 'sent', 'rejected'])
    expect(answers(one)).toEqual(['data', 'data', 'reject'])
  })

  test('waits in the socket only up to a bound, for each peer by itself', () => {
    const uploads = new MetadataUploads<TestPeer>(info)
    const [slow, other] = [peer(), peer()]
    const fits = MAX_METADATA_WAITING / METADATA_PIECE_LENGTH
    expect(fits).toBeLessThan(METADATA_BURST_PIECES)
    for (let piece = 0; piece < fits + 10; piece++) uploads.requested(slow, piece, 0)
    expect(slow.socket.bufferedBytes).toBeLessThan(MAX_METADATA_WAITING + 20_000)
    uploads.requested(other, 0, 0)
    expect(answers(other)).toEqual(['data'])
    expect(new Set(answers(slow).slice(-10))).toEqual(new Set(['reject']))
    uploads.requested(slow, 90, 0)
    expect(answers(slow)).toEqual(['data'])
  })

  test('is rejected so many times and then no more; a new connection starts anew', () => {
    const uploads = new MetadataUploads<TestPeer>(undefined)
    expect(uploads.size).toBeUndefined()
    const one = peer()
    for (let n = 0; n < MAX_METADATA_REJECTS; n++) expect(uploads.requested(one, 0, 0)).toBe('rejected')
    expect(uploads.requested(one, 0, 0)).toBe('enough')
    expect(answers(one)).toHaveLength(MAX_METADATA_REJECTS)
    uploads.leave(one)
    expect(uploads.requested(one, 0, 0)).toBe('rejected')
  })

  test('is none where the info dictionary is empty', () => {
    expect(new MetadataUploads<TestPeer>(new Uint8Array()).size).toBeUndefined()
  })
})
