import { describe, expect, test } from 'vitest'
import { SECOND } from '../../kernel/clock.ts'
import type { HostAnswer } from '../host-messages.ts'
import { RingId } from '../ring-id.ts'
import { StorePair } from '../test-support/store-pair.ts'
import { keyOf, signed, text } from '../test-support/store-world.ts'
import { LONGEST_TRANSFER, MAX_PAGES, PAGES_AT_ONCE, TRIES, transfer } from './join-transfer.ts'
import { isInRange, PARTS } from './key-range.ts'

const range = { after: RingId.of(new Uint8Array(20).fill(0xe0)), upTo: RingId.of(new Uint8Array(20).fill(0x70)) }
const inside = RingId.of(new Uint8Array(20).fill(0x10))
const outside = RingId.of(new Uint8Array(20).fill(0x90))

function take(pair: StorePair): Promise<boolean> {
  const { a, b } = pair
  return pair.ended((done) =>
    transfer({ items: a.items, peers: a.peers, port: a.port, clock: a.clock }, range, b.endpoint, done),
  )
}

describe('a joiner', () => {
  test('takes all items and peers of its range, with their age, and nothing else', async () => {
    const pair = new StorePair()
    const items = Array.from({ length: 500 }, (_, n) => text(`${n}`))
    for (const item of items) pair.b.items.write(item, { host: '1.2.3.4' }, 0)
    for (const id of [inside, outside]) pair.b.peers.announce(id, { host: '80.0.0.1', port: 7 }, true, 0)
    await pair.run(100 * SECOND)
    expect(await take(pair)).toBe(true)
    const expected = items.filter((item) => isInRange(range, keyOf(item)))
    expect(new Set(pair.a.items.all(pair.now).map(({ key }) => String(key)))).toEqual(
      new Set(expected.map((item) => String(keyOf(item)))),
    )
    for (const { putAt } of pair.a.items.all(pair.now)) expect(Math.abs(putAt)).toBeLessThan(SECOND)
    expect(pair.a.peers.ids()).toEqual([inside])
    expect(Math.abs(pair.a.peers.current(inside, pair.now)[0]?.announcedAt ?? Number.NaN)).toBeLessThan(SECOND)
  })

  test('goes on without them where there is no answer, in time', async () => {
    const pair = new StorePair()
    pair.b.tongue = () => undefined
    expect(await take(pair)).toBe(false)
    expect(pair.a.asked.questions).toBe(TRIES * PARTS)
    const silent = new StorePair()
    silent.a.port.ask = () => {}
    expect(await take(silent)).toBe(false)
    expect(silent.now).toBe(LONGEST_TRANSFER)
  })

  test('asks so many pages at once, and again for one that did not come', async () => {
    const pair = new StorePair()
    for (let n = 0; n < 200; n++) pair.b.items.write(text(`${n}`), { host: '1.2.3.4' }, 0)
    let [questions, running, most] = [0, 0, 0]
    const { ask } = pair.a.port
    pair.a.port.ask = (to, question, callbacks) => {
      running += 1
      most = Math.max(most, running)
      const isLost = questions++ % 3 === 0
      ask(to, question, {
        answered: (answer) => {
          running -= 1
          if (isLost) callbacks.missed()
          else callbacks.answered(answer)
        },
        missed: () => {},
      })
    }
    await take(pair)
    expect(most).toBe(PAGES_AT_ONCE)
    expect(questions).toBeGreaterThan(PARTS)
    expect(pair.a.items.size).toBeGreaterThan(0)
  })
})

describe('an owner that lies', () => {
  const copies = (changes: Partial<Extract<HostAnswer, { kind: 'copies' }>>): HostAnswer => ({
    ...{ kind: 'copies', items: [], peers: [], next: undefined },
    ...changes,
  })

  test('with pages without end costs so many, and its time', async () => {
    const pair = new StorePair()
    pair.b.tongue = (question) => {
      if (question.kind !== 'copies') return undefined
      // A little further each time.
      const bytes = (question.from ?? question.range.after).bytes.slice()
      const view = new DataView(bytes.buffer)
      view.setUint32(4, view.getUint32(4) + 1)
      return copies({ next: RingId.of(bytes) })
    }
    expect(await take(pair)).toBe(false)
    expect(pair.a.asked.questions).toBe(MAX_PAGES)
    expect(pair.now).toBeLessThanOrEqual(LONGEST_TRANSFER)
  })

  test('with pages that lead back ends there', async () => {
    const pair = new StorePair()
    pair.b.tongue = (question) => (question.kind === 'copies' ? copies({ next: question.range.after }) : undefined)
    expect(await take(pair)).toBe(true)
    expect(pair.a.asked.questions).toBe(PARTS)
  })

  test('leaves nothing that is forged, impossible or not of the range', async () => {
    const pair = new StorePair()
    const foreign = Array.from({ length: 50 }, (_, n) => text(`${n}`)).filter((item) => !isInRange(range, keyOf(item)))
    const forged = { ...signed(1, 1), seq: 7n }
    const peer = { endpoint: { host: '80.0.0.1', port: 7 }, seed: false, age: 0 }
    pair.b.tongue = () =>
      copies({
        items: [...foreign, forged].map((item) => ({ item, age: 0 })),
        peers: [
          { infoHash: outside, peers: [peer] },
          {
            infoHash: inside,
            peers: [
              { ...peer, endpoint: { host: '255.255.255.255', port: 7 } },
              { ...peer, age: 9_999 },
            ],
          },
        ],
      })
    expect(await take(pair)).toBe(true)
    expect([pair.a.items.size, pair.a.peers.size]).toEqual([0, 0])
  })
})
