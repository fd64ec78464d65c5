/** The vault's channel over its socket, as a `shoal` command has it. */

import { connectAt } from '../../../src-main/engine/serving/local-client.ts'
import type { LocalSockets } from '../../../src-main/kernel/network.ts'
import { ClientError } from '../../../src-shared/contract/client/client-error.ts'
import { createClient } from '../../../src-shared/contract/client/clients.ts'
import type { ClientOf } from '../../../src-shared/contract/service.ts'
import { type VaultService, vault } from '../../../src-shared/contract/vault-channel.ts'

export interface VaultConnection {
  readonly vault: ClientOf<VaultService>
  close(): void
}

export async function connectVault(sockets: LocalSockets, socket: string): Promise<VaultConnection> {
  const connection = await connectAt(sockets, socket, {
    missing: (cause) => new ClientError('NO_VAULT', 'Nobody listens.', { cause }),
    lost: () => new ClientError('CONNECTION_LOST', 'It has ended.'),
  })
  return { vault: createClient(connection.transport, vault), close: () => connection.close() }
}
