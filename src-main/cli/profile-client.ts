/** Talking to the Shoal that runs on the profile: what `torrents`, `settings` and the demo do. */
import { createClients } from '#shared/contract/client/clients.ts'
import type { Clients } from '#shared/contract/index.ts'
import { connectLocally } from '../engine/serving/local-client.ts'
import type { CommandContext } from './command.ts'
import { LOCAL_ONLY, withHost } from './with-host.ts'

/** @throws ClientError NOT_RUNNING where nothing runs on the profile */
export async function withRunning<T>(context: CommandContext, work: (clients: Clients) => Promise<T>): Promise<T> {
  const profile = context.profile ?? context.system.defaultProfile
  return withHost(context, LOCAL_ONLY, async (host) => {
    const connection = await connectLocally(host.localSockets, profile, context.system.platform)
    try {
      return await work(createClients(connection.transport))
    } finally {
      connection.close()
    }
  })
}
