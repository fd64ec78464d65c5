import { describe, expect, test } from 'vitest'
import type { TransportEvent } from '#shared/contract/client/transport.ts'
import type { ClientMessage } from '../../serving/messages.ts'
import { MessageClient } from './message-client.ts'

function client() {
  const sent: ClientMessage[] = []
  return { sent, client: new MessageClient((message) => sent.push(message)) }
}

describe('the asking end', () => {
  test('gives each answer to who asked, whatever the order', async () => {
    const { client: c, sent } = client()
    const one = c.call('app', 'info', undefined)
    const two = c.call('settings', 'get', { x: 1 })
    expect(sent).toEqual([
      { kind: 'call', id: 1, service: 'app', call: 'info', args: undefined },
      { kind: 'call', id: 2, service: 'settings', call: 'get', args: { x: 1 } },
    ])
    c.receive({ kind: 'error', id: 2, error: { code: 'X' } })
    c.receive({ kind: 'result', id: 1, value: 'first' })
    c.receive({ kind: 'result', id: 1, value: 'again' })
    expect(await one).toBe('first')
    await expect(two).rejects.toEqual({ code: 'X' })
  })

  test('a feed gets its messages until it is ended by either side', () => {
    const { client: c, sent } = client()
    const events: TransportEvent[] = []
    const end = c.subscribe('torrents', 'rows', undefined, (event) => events.push(event))
    c.subscribe('app', 'status', undefined, (event) => events.push(event))
    c.receive({ kind: 'feed', id: 1, message: 'a' })
    end()
    end()
    c.receive({ kind: 'feed', id: 1, message: 'b' })
    c.receive({ kind: 'failed', id: 2, error: 'gone' })
    c.receive({ kind: 'feed', id: 2, message: 'c' })
    expect(events).toEqual([
      { kind: 'feed', message: 'a' },
      { kind: 'failed', error: 'gone' },
    ])
    expect(sent.filter(({ kind }) => kind === 'unsubscribe')).toEqual([{ kind: 'unsubscribe', id: 1 }])
  })

  test('drops what has no shape or is for nobody', () => {
    const { client: c } = client()
    for (const raw of [
      null,
      'text',
      [],
      {},
      { kind: 'result' },
      { kind: 'result', id: 9, value: 1 },
      { kind: 'feed', id: '1' },
    ])
      expect(() => c.receive(raw)).not.toThrow()
  })

  test('when the other end is gone, everything ends, also what comes later', async () => {
    const { client: c, sent } = client()
    const events: TransportEvent[] = []
    const call = c.call('app', 'info', undefined)
    const end = c.subscribe('app', 'status', undefined, (event) => events.push(event))
    const error = new Error('gone')
    c.end(error)
    c.end(new Error('twice'))
    await expect(call).rejects.toBe(error)
    await expect(c.call('app', 'info', undefined)).rejects.toBe(error)
    c.subscribe('app', 'status', undefined, (event) => events.push(event))
    end()
    expect(events).toEqual([
      { kind: 'failed', error },
      { kind: 'failed', error },
    ])
    expect(sent).toHaveLength(2)
  })
})
