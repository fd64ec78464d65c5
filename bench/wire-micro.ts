/**
 * How fast a peer connection parses blocks: piece messages of 16 KiB from chunks of 64 KiB, each copied into one of 64
 * piece buffers, with no network, hashing or disk. Also how many requests it takes and answers in a second.
 */
import { concatBytes } from '../src-main/kernel/bytes.ts'
import type { StreamHandler, StreamSocket } from '../src-main/kernel/network.ts'
import { connectPeer } from '../src-main/torrent/wire/connect.ts'
import { BLOCK_LENGTH, type PeerWireHandler } from '../src-main/torrent/wire/peer-wire.ts'
import { frame, handshakeBytes, INFO_HASH, OUR_ID } from '../src-main/torrent/wire/test-support.ts'

const CHUNK = 65_536
const PIECES = 64
const PIECE_LENGTH = 1_048_576
const ROUNDS = 5
const clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  after: () => ({ cancel() {} }),
  every: () => ({ cancel() {} }),
}
const endpoint = { host: '127.0.0.1', port: 1 }
let written = 0
const socket: StreamSocket = {
  local: endpoint,
  remote: endpoint,
  bufferedBytes: 0,
  write(...parts) {
    for (const part of parts) written += part.length
  },
  pauseReading() {},
  resumeReading() {},
  end() {},
  destroy() {},
}

function connection(handler: Partial<PeerWireHandler>) {
  let stream: StreamHandler | undefined
  const all = new Proxy(handler, { get: (target, name) => target[name as keyof PeerWireHandler] ?? (() => undefined) })
  const streams = {
    connect(_to: unknown, given: StreamHandler) {
      stream = given
      return socket
    },
    listen: () => Promise.reject(new Error('not used')),
  }
  const wire = connectPeer(streams, endpoint, all as PeerWireHandler, {
    clock,
    geometry: { pieceCount: PIECES, sizeOf: () => PIECE_LENGTH },
    infoHash: INFO_HASH,
    peerId: OUR_ID,
    listenPort: undefined,
    uploadOnly: false,
  })
  const attached = stream as unknown as Required<StreamHandler>
  attached.connected()
  attached.data(handshakeBytes())
  return { wire, stream: attached }
}

function chunks(bytes: Uint8Array): Uint8Array[] {
  const list: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += CHUNK) list.push(bytes.subarray(at, at + CHUNK))
  return list
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}

/** The same copies without any parsing. */
function copyBare(input: readonly Uint8Array[], pieces: readonly Uint8Array[]): void {
  let at = 0
  for (const chunk of input)
    for (let from = 0; from + BLOCK_LENGTH <= chunk.length && at < PIECES * PIECE_LENGTH; from += BLOCK_LENGTH) {
      const target = pieces[Math.floor(at / PIECE_LENGTH)] as Uint8Array
      target.set(chunk.subarray(from, from + BLOCK_LENGTH), at % PIECE_LENGTH)
      at += BLOCK_LENGTH
    }
}

function blocks(): void {
  const pieces = Array.from({ length: PIECES }, () => new Uint8Array(PIECE_LENGTH))
  let received = 0
  const { stream } = connection({
    blockTarget: ({ piece, begin, length }) => pieces[piece]?.subarray(begin, begin + length),
    blockReceived: ({ length }) => {
      received += length
    },
  })
  const payload = new Uint8Array(BLOCK_LENGTH).fill(0x5a)
  const count = (PIECES * PIECE_LENGTH) / BLOCK_LENGTH
  const frames = Array.from({ length: count }, (_, i) => {
    const at = i * BLOCK_LENGTH
    return frame(7, Math.floor(at / PIECE_LENGTH), at % PIECE_LENGTH, payload)
  })
  const input = chunks(concatBytes(frames))
  const rates: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const before = received
    const from = performance.now()
    for (let i = 0; i < 16; i++) for (const chunk of input) stream.data(chunk)
    const seconds = (performance.now() - from) / 1_000
    // The first round warms up.
    if (round > 0) rates.push((received - before) / seconds / 2 ** 30)
  }
  const copies: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now()
    for (let i = 0; i < 16; i++) copyBare(input, pieces)
    copies.push((16 * PIECES * PIECE_LENGTH) / ((performance.now() - from) / 1_000) / 2 ** 30)
  }
  console.log(
    `blocks parsed and copied   ${median(rates).toFixed(2)} GiB/s   (the copies alone, 16 KiB each: ${median(copies).toFixed(2)} GiB/s)`,
  )
}

function requests(): void {
  const bytes = new Uint8Array(BLOCK_LENGTH)
  const { wire, stream } = connection({
    requested: (address) => wire.sendBlocks([{ address, bytes }]),
  })
  wire.unchoke()
  const frames = Array.from({ length: 4_096 }, (_, i) => frame(6, i % PIECES, (i >> 6) * BLOCK_LENGTH, BLOCK_LENGTH))
  const input = chunks(concatBytes(frames))
  written = 0
  const from = performance.now()
  for (let i = 0; i < 200; i++) for (const chunk of input) stream.data(chunk)
  const seconds = (performance.now() - from) / 1_000
  const rate = (200 * frames.length) / seconds
  console.log(
    `requests answered          ${(rate / 1_000).toFixed(0)} thousand/s, ${(written / seconds / 2 ** 30).toFixed(1)} GiB/s of blocks handed to the socket`,
  )
}

blocks()
requests()
