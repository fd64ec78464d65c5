/** The parts together: one side serves its info dictionary, the other puts it together and reads it. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { encodeBencode } from '../../codec/bencode.ts'
import { parseInfo } from '../metainfo/parse.ts'
import { MetadataAssembly } from './metadata-assembly.ts'
import { decodeMetadataMessage, encodeMetadataMessage, metadataPieceCount } from './metadata-message.ts'
import { MetadataServing } from './metadata-serving.ts'

test('an info dictionary crosses from one side to the other, message by message', () => {
  const pieces = Uint8Array.from({ length: 20 * 5_000 }, (_, i) => i % 251)
  const info = encodeBencode({ length: 5_000 * 16_384, name: 'film.mkv', 'piece length': 16_384, pieces })
  const infoHash = new Uint8Array(createHash('sha1').update(info).digest())
  const serving = new MetadataServing(info, 0)
  const assembly = new MetadataAssembly<string>(infoHash)
  expect(assembly.addPeer('seed', info.length)).toBe(true)
  let received: Uint8Array | undefined
  for (let round = 0; round < metadataPieceCount(info.length) && !received; round++) {
    for (const { peer, piece } of assembly.next(0)) {
      const request = decodeMetadataMessage(encodeMetadataMessage({ type: 'request', piece }))
      if (request?.type !== 'request') throw new Error('no request')
      const answer = decodeMetadataMessage(encodeMetadataMessage(serving.answer(request.piece, 0)))
      if (answer?.type !== 'data') throw new Error('no data')
      const outcome = assembly.received(peer, answer)
      if (outcome.kind === 'complete') received = outcome.infoBytes
    }
  }
  expect(received).toEqual(info)
  expect(parseInfo(received as Uint8Array, { platform: 'linux' })).toMatchObject({
    infoHash,
    name: 'film.mkv',
    pieceCount: 5_000,
    totalLength: 5_000 * 16_384,
  })
})
