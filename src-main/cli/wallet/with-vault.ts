/** Talking to the process that holds the wallet's keys: straight to its socket, so that no other process hears of secrets. */
import { ClientError } from '#shared/contract/client/client-error.ts'
import { createClient } from '#shared/contract/client/clients.ts'
import type { Clients } from '#shared/contract/index.ts'
import type { ClientOf } from '#shared/contract/service.ts'
import { vault } from '#shared/contract/vault-channel.ts'
import { connectAt } from '../../engine/serving/local-client.ts'
import type { CommandContext } from '../command.ts'
import { LOCAL_ONLY, withHost } from '../with-host.ts'

export type VaultClient = ClientOf<typeof vault>

/** @throws ClientError NO_VAULT */
export async function withVault<T>(
  context: CommandContext,
  clients: Clients,
  work: (vault: VaultClient) => Promise<T>,
): Promise<T> {
  const { socket } = await clients.wallet.openVault()
  return withHost(context, LOCAL_ONLY, async (host) => {
    const connection = await connectAt(host.localSockets, socket, {
      missing: (cause) => gone({ cause }),
      lost: () => gone({}),
    })
    try {
      return await work(createClient(connection.transport, vault))
    } finally {
      connection.close()
    }
  })
}

function gone(facts: Readonly<Record<string, unknown>>): ClientError {
  return new ClientError('NO_VAULT', 'The process that holds the keys has ended. Repeat the command.', facts)
}
