/** A whole engine among peers that want to do harm: it finishes its download, lets go of them, and keeps nothing. */
import { expect, test } from 'vitest'
import type { TorrentDetail } from '#shared/contract/torrents.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import type { StreamSocket } from '../../src-main/kernel/network.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { content, Node, type SimHost, trackerOn } from './engine-world.ts'

const KIB = 1024
const PIECE = 16 * KIB
const FILE = content(600 * KIB, 5)
const bytes = (...numbers: number[]) => Uint8Array.from(numbers)
const text = (ascii: string) => Uint8Array.from(Buffer.from(ascii, 'latin1'))
const repeat = (part: Uint8Array, times: number) => Buffer.concat(Array.from({ length: times }, () => part))
const message = (id: number, payload: Uint8Array = bytes()) =>
  Buffer.concat([u32(1 + payload.length), bytes(id), payload])
const u32 = (value: number) => bytes(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
const request = (id: number, piece: number, begin: number, length: number) =>
  message(id, Buffer.concat([u32(piece), u32(begin), u32(length)]))
const extended = (payload: string) => message(20, Buffer.concat([bytes(0), text(payload)]))

/** What each says after a right handshake. `closes`: the engine ends the connection by itself. */
const ATTACKS: readonly { name: string; says: Uint8Array; closes: boolean }[] = [
  { name: 'a length of 4 GiB', says: bytes(255, 255, 255, 255, 7), closes: true },
  { name: 'the five bytes', says: extended('l-3:e'), closes: true },
  { name: '200,000 nested lists', says: extended('l'.repeat(200_000)), closes: true },
  { name: 'a string of 4 GiB', says: extended('d1:v4294967295:x'), closes: true },
  { name: 'a bitfield of another length', says: message(5, new Uint8Array(1_000)), closes: true },
  { name: 'a piece that is not there', says: message(4, u32(4_000_000)), closes: true },
  { name: 'requests without end', says: repeat(request(6, 0, 0, PIECE), 10_000), closes: true },
  { name: 'extended handshakes without end', says: repeat(extended('d1:md11:ut_metadatai3eee'), 5_000), closes: true },
  { name: 'bitfields without end', says: repeat(message(5, new Uint8Array(5)), 5_000), closes: true },
  { name: 'messages of no known kind', says: repeat(message(99, new Uint8Array(100)), 20_000), closes: true },
  { name: 'blocks that nobody asked for', says: repeat(blockOf(0, 0, 7), 200), closes: false },
  { name: 'interest on and off', says: repeat(Buffer.concat([message(2), message(3)]), 20_000), closes: false },
  { name: 'chokes on and off', says: repeat(Buffer.concat([message(1), message(0)]), 20_000), closes: false },
  { name: 'keep-alives', says: new Uint8Array(400_000), closes: false },
  { name: 'half a block', says: blockOf(0, 0, 7).subarray(0, 9_000), closes: false },
]

function blockOf(piece: number, begin: number, fill: number): Uint8Array {
  return message(7, Buffer.concat([u32(piece), u32(begin), new Uint8Array(PIECE).fill(fill)]))
}

class Attacker {
  closed = false
  received = 0
  private readonly socket: StreamSocket

  constructor(host: SimHost, to: { host: string; port: number }, infoHash: string, says: Uint8Array, number: number) {
    const peerId = text(`-XX0001-attacker${String(number).padStart(4, '0')}`)
    const handshake = [bytes(19), text('BitTorrent protocol'), bytes(0, 0, 0, 0, 0, 0x10, 0, 4)]
    this.socket = host.streams.connect(
      to,
      {
        connected: () => this.socket.write(...handshake, Buffer.from(infoHash, 'hex'), peerId, says),
        data: (chunk) => {
          this.received += chunk.length
        },
        ended: () => this.socket.destroy(),
        closed: () => {
          this.closed = true
        },
      },
      { timeout: 10 * SECOND },
    )
  }

  end(): void {
    this.socket.destroy()
  }
}

test('attacks of many kinds at once, on one who downloads and one who seeds', async () => {
  const sim = new Simulation({ seed: 41, latency: [5, 40], bandwidth: { up: 200_000, down: 5_000_000 } })
  const { url, tracker } = await trackerOn(sim)
  const seeder = await Node.start(sim, 'seeder', { listenPort: 6881 })
  const leecher = await Node.start(sim, 'leecher', { listenPort: 6881 })
  seeder.host.files.put('/share/film.bin', FILE)
  const { id, bytes: torrent } = await seeder.share('/share/film.bin', [url], { pieceLength: PIECE })
  await leecher.add(torrent)
  await leecher.reaches(id, 'downloading', MINUTE)
  const attackers = ATTACKS.flatMap(({ name, says }, n) =>
    [seeder, leecher].map((victim, side) => ({
      name,
      attacker: new Attacker(
        sim.host(`attacker ${n} of ${side}`),
        { host: victim.host.address, port: 6881 },
        id,
        says,
        2 * n + side,
      ),
    })),
  )
  await leecher.reaches(id, 'seeding', 5 * MINUTE)
  expect(Buffer.compare(leecher.host.files.get('/downloads/film.bin') as Uint8Array, FILE)).toBe(0)
  await sim.run(10 * SECOND)
  const [detail] = seeder.engine.services.torrents.detail.read({ id }) as readonly TorrentDetail[]
  expect(detail?.peers.map(({ client }) => client)).toContain('Unknown client (XX 0001)')
  const closing = new Set(ATTACKS.filter(({ closes }) => closes).map(({ name }) => name))
  for (const { name, attacker } of attackers) {
    if (closing.has(name)) expect(attacker.closed, name).toBe(true)
    expect(attacker.received, name).toBeLessThan(100_000)
  }
  await sim.run(3 * MINUTE)
  expect(attackers.filter(({ attacker }) => !attacker.closed).map(({ name }) => name)).toEqual([])
  for (const { attacker } of attackers) attacker.end()
  await leecher.stop()
  await seeder.stop()
  await sim.within(MINUTE, tracker.close())
  await sim.stop()
})
