import { expect, test } from 'vitest'
import { AskedHosts } from './asked-hosts.ts'
import type { KrpcMessage } from './krpc-message.ts'
import type { MessageReceiver } from './message-transport.ts'

test('each host that is asked is told of, until it is no longer watched; answers are not', async () => {
  const sent: KrpcMessage['kind'][] = []
  const asked: string[] = []
  const hosts = new AskedHosts()
  const open = hosts.over(async () => ({
    local: { host: '10.0.0.1', port: 1 },
    send: ({ kind }) => sent.push(kind),
    close: async () => {},
  }))
  const transport = await open({} as MessageReceiver)
  const unwatch = hosts.watch((host) => asked.push(host))
  const head = { transaction: new Uint8Array(2), id: new Uint8Array(20) }
  const query = { ...head, kind: 'query', readOnly: false, method: 'ping', args: {} } as const
  transport.send(query, { host: '9.0.0.1', port: 5 }, 60)
  transport.send({ ...head, kind: 'response' }, { host: '9.0.0.2', port: 5 }, 60)
  unwatch()
  transport.send(query, { host: '9.0.0.3', port: 5 }, 60)
  expect(asked).toEqual(['9.0.0.1'])
  expect(sent).toEqual(['query', 'response', 'query'])
  expect(transport.local).toEqual({ host: '10.0.0.1', port: 1 })
})
