/** Two peer connections, one with all pieces and one with none, over the simulated network: nothing else of Shoal. */
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import type { Listener } from '../../src-main/kernel/network.ts'
import type { SimulatedHost } from '../../src-main/simulation/host.ts'
import { Simulation, type SimulationOptions } from '../../src-main/simulation/simulation.ts'
import { Bitfield } from '../../src-main/torrent/bitfield.ts'
import { acceptIncoming, connectPeer } from '../../src-main/torrent/wire/connect.ts'
import { makePeerId } from '../../src-main/torrent/wire/peer-id.ts'
import {
  BLOCK_LENGTH,
  type BlockAddress,
  type CloseReason,
  type PeerWire,
  type PeerWireHandler,
} from '../../src-main/torrent/wire/peer-wire.ts'

const INFO_HASH = new Uint8Array(20).fill(9)
const PIECE_LENGTH = 100_003
const PIECE_COUNT = 20
const LAST_LENGTH = 12_345
const PIPELINE = 40
const geometry = {
  pieceCount: PIECE_COUNT,
  sizeOf: (piece: number) => (piece === PIECE_COUNT - 1 ? LAST_LENGTH : PIECE_LENGTH),
}

function contentOf(piece: number): Uint8Array {
  return Uint8Array.from({ length: geometry.sizeOf(piece) }, (_, i) => (i * 31 + piece * 17 + (i >> 8)) & 0xff)
}

/** Calls that a side has no use for. */
class Peer implements PeerWireHandler {
  wire: PeerWire | undefined
  reason: CloseReason | undefined
  readonly calls: string[] = []

  get mustHaveWire(): PeerWire {
    if (!this.wire) throw new Error('no wire yet')
    return this.wire
  }

  handshake(): void {}
  extendedHandshake({ client }: { client: string }): void {
    this.calls.push(client)
  }
  choked(): void {}
  unchoked(): void {}
  interested(): void {}
  notInterested(): void {}
  have(_piece: number): void {}
  bitfield(_bits: Bitfield): void {}
  requested(_block: BlockAddress): void {}
  cancelled(): void {}
  extendedMessage(): void {}
  port(): void {}
  blockTarget(_block: BlockAddress): Uint8Array | undefined {
    return undefined
  }
  blockReceived(_block: BlockAddress): void {}
  rejected(_block: BlockAddress): void {}
  drained(): void {}
  closed(reason: CloseReason): void {
    this.calls.push(`closed ${reason.code}`)
    this.reason = reason
  }
}

class Seeder extends Peer {
  private readonly pieces = Array.from({ length: PIECE_COUNT }, (_, piece) => contentOf(piece))
  private readonly peerId: Uint8Array
  requests = 0

  constructor(peerId: Uint8Array) {
    super()
    this.peerId = peerId
  }

  override handshake(): void {
    this.mustHaveWire.handshake(INFO_HASH, this.peerId)
    this.mustHaveWire.sendPieces(Bitfield.full(PIECE_COUNT))
  }

  override interested(): void {
    this.mustHaveWire.unchoke()
  }

  override requested(address: BlockAddress): void {
    // Every hundredth request meets a choke, which rejects what is open.
    if (++this.requests % 100 === 0) {
      this.mustHaveWire.choke()
      this.mustHaveWire.unchoke()
      return
    }
    const bytes = (this.pieces[address.piece] as Uint8Array).subarray(address.begin, address.begin + address.length)
    this.mustHaveWire.sendBlocks([{ address, bytes }])
  }
}

class Leecher extends Peer {
  readonly pieces = Array.from({ length: PIECE_COUNT }, (_, piece) => new Uint8Array(geometry.sizeOf(piece)))
  readonly open = new Set<string>()
  private readonly wanted: BlockAddress[] = this.pieces.flatMap(({ length }, piece) =>
    Array.from({ length: Math.ceil(length / BLOCK_LENGTH) }, (_, i) => {
      const begin = i * BLOCK_LENGTH
      return { piece, begin, length: Math.min(BLOCK_LENGTH, length - begin) }
    }),
  )
  rejections = 0

  get done(): boolean {
    return this.wanted.length === 0 && this.open.size === 0
  }

  override handshake(): void {
    this.mustHaveWire.sendPieces(new Bitfield(PIECE_COUNT))
  }

  override bitfield(bits: Bitfield): void {
    if (bits.complete) this.mustHaveWire.interested()
  }

  override unchoked(): void {
    this.ask()
  }

  override blockTarget({ piece, begin, length }: BlockAddress): Uint8Array | undefined {
    return this.pieces[piece]?.subarray(begin, begin + length)
  }

  override blockReceived(block: BlockAddress): void {
    if (!this.open.delete(JSON.stringify(block))) throw new Error(`a block twice or unasked: ${JSON.stringify(block)}`)
    this.ask()
  }

  override rejected(block: BlockAddress): void {
    if (!this.open.delete(JSON.stringify(block))) throw new Error('a reject of nothing')
    this.rejections++
    this.wanted.push(block)
  }

  private ask(): void {
    const blocks = this.wanted.splice(0, PIPELINE - this.open.size)
    for (const block of blocks) this.open.add(JSON.stringify(block))
    this.mustHaveWire.request(blocks)
  }
}

interface Pair {
  readonly sim: Simulation
  readonly hosts: readonly [SimulatedHost, SimulatedHost]
  readonly seeder: Seeder
  readonly leecher: Leecher
  readonly listener: Listener
}

async function connected(options: SimulationOptions): Promise<Pair> {
  const sim = new Simulation(options)
  const hosts = [sim.host('seeder'), sim.host('leecher')] as const
  const [at, from] = hosts
  const common = { geometry, infoHash: INFO_HASH, listenPort: 6881, uploadOnly: false }
  const seeder = new Seeder(makePeerId(at.random))
  const leecher = new Leecher()
  const listener = await sim.within(
    MINUTE,
    at.streams.listen({ host: at.address, port: 6881 }, (socket) =>
      acceptIncoming(socket, { clock: at.clock }, () => ({
        ...common,
        clock: at.clock,
        attach(wire) {
          seeder.wire = wire
          return seeder
        },
      })),
    ),
  )
  const own = { ...common, clock: from.clock, peerId: makePeerId(from.random) }
  leecher.wire = connectPeer(from.streams, listener.local, leecher, own)
  return { sim, hosts, seeder, leecher, listener }
}

async function stop({ sim, listener }: Pair): Promise<void> {
  await sim.within(MINUTE, listener.close())
  await sim.stop()
}

async function transfer(options: SimulationOptions): Promise<{ checksum: string; rejections: number }> {
  const pair = await connected(options)
  const { sim, leecher, seeder } = pair
  await sim.until(30 * MINUTE, () => leecher.done || leecher.reason !== undefined, 'the transfer')
  expect(leecher.reason).toBeUndefined()
  for (const [piece, bytes] of leecher.pieces.entries()) expect(bytes, `piece ${piece}`).toEqual(contentOf(piece))
  leecher.wire?.close({ code: 'STOPPED' })
  await sim.until(MINUTE, () => seeder.reason !== undefined, 'the end at the other side')
  expect([leecher.calls, seeder.calls]).toEqual([
    ['Shoal/0.1.0', 'closed STOPPED'],
    ['Shoal/0.1.0', 'closed REMOTE_CLOSED'],
  ])
  await stop(pair)
  return { checksum: sim.checksum, rejections: leecher.rejections }
}

describe('two peer connections', () => {
  test.each([13, 1_001, 32_768])('transfer a torrent in chunks of at most %i bytes', async (largestChunk) => {
    const { rejections } = await transfer({ seed: largestChunk, largestChunk })
    expect(rejections).toBeGreaterThan(0)
  })

  test('repeat exactly by seed, with loss', async () => {
    const options = { seed: 5, lossRate: 0.02, largestChunk: 5_000 }
    const first = await transfer(options)
    expect(await transfer(options)).toEqual(first)
    expect((await transfer({ ...options, seed: 6 })).checksum).not.toBe(first.checksum)
  })

  test('that have nothing to say stay connected by keep-alives, and end two minutes after a partition', async () => {
    const pair = await connected({ seed: 3 })
    const { sim, leecher, seeder, hosts } = pair
    await sim.until(MINUTE, () => leecher.done, 'the transfer')
    await sim.run(60 * MINUTE)
    expect([leecher.reason, seeder.reason]).toEqual([undefined, undefined])
    sim.partition(...hosts)
    await sim.run(60 * SECOND)
    expect([leecher.reason, seeder.reason]).toEqual([undefined, undefined])
    await sim.run(61 * SECOND)
    expect([leecher.reason, seeder.reason]).toEqual([{ code: 'SILENT' }, { code: 'SILENT' }])
    sim.heal()
    await stop(pair)
  })

  test('whose connection is reset in the middle both hear of it once', async () => {
    const pair = await connected({ seed: 4 })
    const { sim, leecher, seeder, hosts } = pair
    await sim.until(MINUTE, () => seeder.requests > 20, 'the transfer')
    sim.resetConnections(hosts[0])
    await sim.run(SECOND)
    const reset = { code: 'NETWORK', error: expect.objectContaining({ code: 'ECONNRESET' }) }
    expect([leecher.reason, seeder.reason]).toEqual([reset, reset])
    expect([leecher, seeder].map(({ calls }) => calls.filter((call) => call.startsWith('closed')).length)).toEqual([
      1, 1,
    ])
    await stop(pair)
  })
})
