import { expect, test } from 'vitest'
import { ClientError } from '#shared/contract/client/client-error.ts'
import { createClients } from '#shared/contract/client/clients.ts'
import { bridgeTransport, type ShoalBridge } from './bridge.ts'

test('an error crosses the bridge with its code, sentence and facts', async () => {
  const bridge: Pick<ShoalBridge, 'call' | 'subscribe'> = {
    call: async () => ({ ok: false, error: { code: 'FILES_EXIST', message: 'They exist.', facts: { files: 2 } } }),
    subscribe: () => () => {},
  }
  const error = await createClients(bridgeTransport(bridge))
    .torrents.add({ source: { path: '/a.torrent' }, directory: '/d' })
    .catch((e: unknown) => e)
  expect(error).toBeInstanceOf(ClientError)
  expect(error).toMatchObject({ code: 'FILES_EXIST', message: 'They exist.', facts: { files: 2 } })
})
