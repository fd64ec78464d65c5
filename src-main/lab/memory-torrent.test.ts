import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { SeededRandom } from '../simulation/random.ts'
import { Simulation } from '../simulation/simulation.ts'
import { pieceHash, pieceSize } from '../torrent/metainfo/metainfo.ts'
import { makeTorrent, SharedStorage } from './memory-torrent.ts'

const torrent = makeTorrent(100_001, 16_384, SeededRandom.of(1))
const { metainfo, data } = torrent

test('every piece has its hash, the short last one too', () => {
  expect(metainfo).toMatchObject({ pieceCount: 7, totalLength: 100_001 })
  expect(pieceSize(metainfo, 6)).toBe(100_001 - 6 * 16_384)
  for (let piece = 0; piece < 7; piece++) {
    const bytes = data.subarray(piece * 16_384, piece * 16_384 + pieceSize(metainfo, piece))
    expect(pieceHash(metainfo, piece)).toEqual(new Uint8Array(createHash('sha1').update(bytes).digest()))
  }
})

test('the storage reads what was shared and takes nothing else', async () => {
  const sim = new Simulation({ seed: 1 })
  const storage = new SharedStorage(sim.host(), torrent)
  expect(await sim.within(10, storage.read(6, 5, 100))).toEqual(data.subarray(6 * 16_384 + 5, 6 * 16_384 + 105))
  const last = data.slice(6 * 16_384)
  await sim.within(10, storage.write(6, last))
  last[0] = (last[0] as number) ^ 1
  await expect(sim.within(10, storage.write(6, last))).rejects.toThrow('piece 6')
  await expect(sim.within(10, storage.write(5, data.slice(0, 10)))).rejects.toThrow('piece 5')
  await sim.stop()
})
