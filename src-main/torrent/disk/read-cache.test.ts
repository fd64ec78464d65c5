import { describe, expect, test } from 'vitest'
import { MAX_LOADS, READ_WINDOW, ReadCache } from './read-cache.ts'

const KIB = 1024
const BLOCK = 16 * KIB

/** Loads that are counted and answered with bytes that tell where they came from. */
function counted(key: string) {
  const loads: [number, number][] = []
  return {
    loads,
    read: (cache: ReadCache, begin: number, size = READ_WINDOW) =>
      cache.read(key, size, begin, BLOCK, async (from, length) => {
        loads.push([from, length])
        return new Uint8Array(length).fill((from / BLOCK) & 255)
      }),
  }
}

describe('read cache', () => {
  test('blocks in sequence cost one read for the window', async () => {
    const cache = new ReadCache()
    const window = counted('a')
    for (let begin = 0; begin < READ_WINDOW; begin += BLOCK) expect(await window.read(cache, begin)).toHaveLength(BLOCK)
    expect(window.loads).toEqual([[0, READ_WINDOW]])
  })

  test('blocks asked for at once share one read', async () => {
    const cache = new ReadCache()
    const window = counted('a')
    await Promise.all([0, 1, 2, 3].map((n) => window.read(cache, n * BLOCK)))
    expect(window.loads).toHaveLength(1)
  })

  test('one block in the middle reads no more than itself, the second one the window', async () => {
    const cache = new ReadCache()
    const window = counted('a')
    await window.read(cache, 5 * BLOCK)
    expect(window.loads).toEqual([[5 * BLOCK, BLOCK]])
    expect(cache.size).toBe(0)
    await window.read(cache, 9 * BLOCK)
    await window.read(cache, 7 * BLOCK)
    expect(window.loads).toEqual([
      [5 * BLOCK, BLOCK],
      [0, READ_WINDOW],
    ])
  })

  test('the budget is kept, and the longest unused goes first', async () => {
    const cache = new ReadCache(3 * READ_WINDOW)
    const windows = ['a', 'b', 'c', 'd'].map((key) => counted(key))
    for (const window of windows.slice(0, 3)) await window.read(cache, 0)
    await windows[0]?.read(cache, BLOCK)
    await windows[3]?.read(cache, 0)
    expect(cache.size).toBe(3 * READ_WINDOW)
    await windows[0]?.read(cache, 0)
    await windows[1]?.read(cache, 0)
    expect(windows.map(({ loads }) => loads.length)).toEqual([1, 2, 1, 1])
  })

  test('what failed or was forgotten is read again', async () => {
    const cache = new ReadCache()
    const failing = cache.read('a', READ_WINDOW, 0, BLOCK, async () => {
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(cache.size).toBe(0)
    const window = counted('a')
    await window.read(cache, 0)
    cache.forget('a')
    expect(cache.size).toBe(0)
    await window.read(cache, 0)
    expect(window.loads).toHaveLength(2)
  })

  test('no more than so many windows are read at once', async () => {
    const cache = new ReadCache(100 * READ_WINDOW)
    let [now, most] = [0, 0]
    const gates: (() => void)[] = []
    const reads = Array.from({ length: 40 }, (_, n) =>
      cache.read(`${n}`, BLOCK, 0, BLOCK, async (_from, length) => {
        most = Math.max(most, ++now)
        await new Promise<void>((resolve) => gates.push(resolve))
        now--
        return new Uint8Array(length)
      }),
    )
    const all = Promise.all(reads)
    let done = false
    void all.then(() => {
      done = true
    })
    while (!done) {
      gates.shift()?.()
      await Promise.resolve()
    }
    expect(most).toBe(MAX_LOADS)
  })
})
