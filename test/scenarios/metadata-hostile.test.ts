/** Extension messages made to do harm, at a swarm and at one that looks for metadata: both go on as if they had not come. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BencodeInput, encodeBencode } from '../../src-main/codec/bencode.ts'
import { concatBytes, utf8 } from '../../src-main/kernel/bytes.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { METADATA_PIECE_LENGTH } from '../../src-main/torrent/metadata/metadata-message.ts'
import { describedTorrent, MetadataServer, Seeker } from './metadata-world.ts'
import { SwarmNode, stopAll } from './swarm-world.ts'

const torrent = describedTorrent({ infoLength: METADATA_PIECE_LENGTH })
const SIZE = torrent.metainfo.infoBytes.length

const number = fc.constantFrom<BencodeInput>(0, 1, 2, 3, 610, 611, -1, SIZE, SIZE + 1, 2 ** 31, 'x')
const metadata = fc
  .tuple(
    fc.record({ msg_type: number, piece: number, total_size: number }, { requiredKeys: [] }),
    fc.constantFrom(0, 1, SIZE - METADATA_PIECE_LENGTH, METADATA_PIECE_LENGTH, METADATA_PIECE_LENGTH + 1),
  )
  .map(([head, length]) => concatBytes([encodeBencode(head as BencodeInput), new Uint8Array(length)]))
const peers = fc
  .record(
    Object.fromEntries(
      ['added', 'added.f', 'added6', 'added6.f', 'dropped', 'dropped6'].map((key) => [
        key,
        fc.uint8Array({ maxLength: 60 }),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map((lists) => encodeBencode(lists as BencodeInput))
const raw = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom('l-3:e', 'd', 'i', '', 'd8:msg_typei1e', `${'l'.repeat(5_000)}`, 'd5:addedi5ee').map(utf8),
)
const message = fc.oneof(
  fc.tuple(fc.constant('ut_metadata'), fc.oneof({ weight: 3, arbitrary: metadata }, raw)),
  fc.tuple(fc.constant('ut_pex'), fc.oneof({ weight: 3, arbitrary: peers }, raw)),
)

test('nothing is thrown, no honest peer is blamed, and what was to be had is had', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 40 }), fc.nat({ max: 1_000 }), async (messages, seed) => {
      const sim = new Simulation({ seed })
      const hostile = new MetadataServer(sim, torrent, 'hostile', {
        greeted: (wire) => {
          for (const [name, payload] of messages) wire.extended(name, payload)
        },
        manner: (piece) => ({ message: { type: 'reject', piece } }),
      })
      const honest = new SwarmNode(sim, torrent, 'seed', { seed: true })
      const leech = new SwarmNode(sim, torrent, 'leech')
      const seeker = new Seeker(sim, torrent, 'seeker')
      const all = [hostile, honest, leech, seeker]
      await sim.within(SECOND, Promise.all([hostile.start(), honest.start(), leech.start(), seeker.start()]))
      for (const node of [honest, leech]) node.swarm.addPeers([hostile.endpoint, honest.endpoint], 'given')
      seeker.meet(all)
      await sim.until(5 * MINUTE, () => leech.complete && seeker.found.length > 0)
      expect(seeker.found[0]?.infoBytes).toEqual(torrent.metainfo.infoBytes)
      expect(seeker.banned).not.toContain(honest.host.address)
      expect(leech.banned).toEqual([])
      await sim.within(MINUTE, Promise.all([hostile.stop(), seeker.stop()]))
      await stopAll(sim, [honest, leech])
    }),
    { seed: 52, numRuns: process.env.SHOAL_LONG === '1' ? 600 : 25 },
  )
})
