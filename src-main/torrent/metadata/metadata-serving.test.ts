import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import { decodeMetadataMessage, encodeMetadataMessage, METADATA_PIECE_LENGTH } from './metadata-message.ts'
import {
  MAX_METADATA_COPIES,
  METADATA_BURST_PIECES,
  METADATA_PIECES_PER_SECOND,
  MetadataServing,
} from './metadata-serving.ts'

const info = Uint8Array.from({ length: 2 * METADATA_PIECE_LENGTH + 100 }, (_, i) => i % 251)
const large = new Uint8Array(500 * METADATA_PIECE_LENGTH)

/** How many of so many requests at one moment are served. */
const served = (serving: MetadataServing, requests: number, now: number) =>
  Array.from({ length: requests }, (_, i) => serving.answer(i % 3, now)).filter(({ type }) => type === 'data').length

describe('serving metadata', () => {
  test('the pieces make the whole, and each is a valid message', () => {
    const serving = new MetadataServing(info, 0)
    const pieces = [0, 1, 2].map((piece) => decodeMetadataMessage(encodeMetadataMessage(serving.answer(piece, 0))))
    expect(concatBytes(pieces.map((message) => (message?.type === 'data' ? message.bytes : new Uint8Array())))).toEqual(
      info,
    )
    expect(pieces.map((message) => message?.type === 'data' && message.totalSize)).toEqual(Array(3).fill(info.length))
  })

  test('what is not there is rejected', () => {
    const serving = new MetadataServing(info, 0)
    for (const piece of [3, 4, 2 ** 31, -1]) expect(serving.answer(piece, 0)).toEqual({ type: 'reject', piece })
    expect(new MetadataServing(undefined, 0).answer(0, 0)).toEqual({ type: 'reject', piece: 0 })
  })

  test('a burst, then so many a second', () => {
    const serving = new MetadataServing(large, 1_000)
    expect(served(serving, 1_000, 1_000)).toBe(METADATA_BURST_PIECES)
    expect(served(serving, 1_000, 1_010)).toBe(0)
    expect(served(serving, 1_000, 2_010)).toBe(METADATA_PIECES_PER_SECOND)
    expect(served(serving, 1_000, 1_000_000)).toBe(METADATA_BURST_PIECES)
  })

  test('never more than a few copies on one connection', () => {
    const serving = new MetadataServing(info, 0)
    let count = 0
    for (let second = 0; second < 100; second++) count += served(serving, 50, second * 1_000)
    expect(count).toBe(3 * MAX_METADATA_COPIES)
  })
})
