import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import { Bitfield } from '../bitfield.ts'
import { FrameGuard, type FrameSink } from './frame-guard.ts'
import { bitfieldLength, isKnown, lengthRange, MAX_EXTENDED_LENGTH, MAX_UNKNOWN_LENGTH, MESSAGE } from './messages.ts'
import { dialled, frame, GEOMETRY, handshakeBytes, u32 } from './test-support.ts'

class Sink implements FrameSink {
  readonly frames: [number, Uint8Array][] = []
  readonly violations: string[] = []

  control(id: number, bytes: Uint8Array): void {
    this.frames.push([id, bytes])
  }

  request(): void {}

  cancel(): void {}

  reject(): void {}

  blockTarget(): undefined {}

  blockReceived(): void {}

  violation(what: string): void {
    this.violations.push(what)
  }
}

describe('the length of a message', () => {
  test.each(Array.from({ length: 256 }, (_, id) => id))('of number %i has limits that hold', (id) => {
    const { min, max } = lengthRange(id, 9)
    expect(isKnown(id)).toBe((Object.values(MESSAGE) as number[]).includes(id))
    for (const [length, refused] of [
      [min - 1, min > 1],
      [min, false],
      [max, false],
      [max + 1, true],
    ] as const) {
      if (length < 1) continue
      const sink = new Sink()
      new FrameGuard(GEOMETRY, sink).push(concatBytes([u32(length), Uint8Array.of(id)]))
      expect(sink.violations.length, `length ${length}`).toBe(refused ? 1 : 0)
    }
  })

  test('is what the limits say for the largest torrent', () => {
    expect(bitfieldLength(2_097_152)).toBe(262_145)
    expect([bitfieldLength(0), bitfieldLength(1), bitfieldLength(8), bitfieldLength(9)]).toEqual([1, 2, 2, 3])
    expect(lengthRange(20, 9).max).toBe(MAX_EXTENDED_LENGTH)
    expect(lengthRange(200, 9).max).toBe(MAX_UNKNOWN_LENGTH)
  })
})

test.each([1, 1_000, 16_384, 65_536])('a long control message comes whole from chunks of %i bytes', (size) => {
  const sink = new Sink()
  const guard = new FrameGuard(GEOMETRY, sink)
  const bytes = frame(
    20,
    Uint8Array.from({ length: 100_000 }, (_, i) => i & 0xff),
  )
  const stream = concatBytes([bytes, frame(1), bytes])
  for (let at = 0; at < stream.length; at += size) guard.push(stream.slice(at, at + size))
  expect(sink.frames.map(([id]) => id)).toEqual([20, 1, 20])
  expect(sink.frames[0]?.[1]).toEqual(bytes)
  expect(sink.frames[2]?.[1]).toEqual(bytes)
})

test('the bitfield of the largest torrent arrives', () => {
  const sink = new Sink()
  const guard = new FrameGuard({ pieceCount: 2_097_152, sizeOf: () => 16_384 }, sink)
  guard.push(frame(5, Bitfield.full(2_097_152).bytes))
  expect(sink.frames.map(([id, bytes]) => [id, bytes.length])).toEqual([[5, 262_149]])
})

test('a torrent without pieces has an empty bitfield', () => {
  const sink = new Sink()
  new FrameGuard({ pieceCount: 0, sizeOf: () => 0 }, sink).push(concatBytes([frame(5), frame(1)]))
  expect(sink.frames).toEqual([
    [5, frame(5)],
    [1, frame(1)],
  ])
})

test('after `stop` nothing is told', () => {
  const sink = new Sink()
  const guard = new FrameGuard(GEOMETRY, sink)
  guard.stop()
  guard.push(concatBytes([frame(1), u32(0xffff_ffff)]))
  expect([sink.frames, sink.violations]).toEqual([[], []])
})

test('memory follows the bytes that came, not those that were announced', () => {
  const peers = Array.from({ length: 200 }, () => dialled())
  const before = process.memoryUsage().arrayBuffers
  for (const peer of peers) {
    peer.deliver(handshakeBytes())
    peer.deliver(concatBytes([u32(MAX_EXTENDED_LENGTH), Uint8Array.of(20, 1, 0x64)]))
    expect(peer.handler.reason).toBeUndefined()
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 64 * 1_024)
})

test('a connection leaves no timer or handle of the process behind', () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate')
  const peer = dialled()
  peer.deliver(concatBytes([handshakeBytes(), frame(1), frame(20, Uint8Array.of(0, 0x64, 0x65))]))
  peer.wire.interested()
  peer.wire.unchoke()
  const during = process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate')
  expect(during).toEqual(before)
})
