import { describe, expect, test } from 'vitest'
import type { PeerMessage } from '../connection-types.ts'
import { Inbox, MAX_WAITING_BYTES, MAX_WAITING_MESSAGES } from './inbox.ts'

function setUp() {
  const handled: string[] = []
  const waits: (() => void)[] = []
  let paused = 0
  let isSlow = true
  const inbox = new Inbox({
    handle: (message) => {
      handled.push(message.command)
      return isSlow ? new Promise<void>((resolve) => waits.push(resolve)) : undefined
    },
    pauseReading: () => paused++,
    resumeReading: () => paused--,
  })
  const settle = async () => {
    waits.shift()?.()
    await new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => resolve(undefined))))
  }
  return { inbox, handled, settle, paused: () => paused, hurry: () => (isSlow = false) }
}

const ping: PeerMessage = { command: 'getaddr' }
const large: PeerMessage = { command: 'block', payload: new Uint8Array(1_000_000) }

describe('messages of one peer', () => {
  test('are looked at one after another, at once where nothing has to be waited for', async () => {
    const { inbox, handled, settle, hurry } = setUp()
    inbox.push({ command: 'mempool' })
    inbox.push({ command: 'getaddr' })
    expect(handled).toEqual(['mempool'])
    await settle()
    expect(handled).toEqual(['mempool', 'getaddr'])
    hurry()
    await settle()
    inbox.push({ command: 'sendheaders' })
    expect(handled).toEqual(['mempool', 'getaddr', 'sendheaders'])
  })

  test(`${MAX_WAITING_MESSAGES} of them waiting: nothing more is read until half are done`, async () => {
    const { inbox, settle, paused } = setUp()
    for (let i = 0; i < MAX_WAITING_MESSAGES; i++) inbox.push(ping)
    expect(paused()).toBe(0)
    inbox.push(ping)
    expect(paused()).toBe(1)
    for (let i = 0; i < MAX_WAITING_MESSAGES / 2; i++) await settle()
    expect(paused()).toBe(0)
  })

  test(`${MAX_WAITING_BYTES} bytes waiting, too`, async () => {
    const { inbox, settle, paused } = setUp()
    for (let i = 0; i < 5; i++) inbox.push(large)
    expect(paused()).toBe(0)
    inbox.push(large)
    expect(paused()).toBe(1)
    for (let i = 0; i < 3; i++) await settle()
    expect(paused()).toBe(0)
  })

  test('are forgotten when it is gone', async () => {
    const { inbox, handled, settle } = setUp()
    for (let i = 0; i < 5; i++) inbox.push(ping)
    inbox.close()
    await settle()
    inbox.push(ping)
    expect([handled.length, inbox.size]).toEqual([1, 0])
  })
})
