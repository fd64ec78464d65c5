/** Talking to the Shoal on the profile about its chain: refused where `--network` names another than it runs. */
import type { Clients } from '#shared/contract/index.ts'
import type { CommandContext } from './command.ts'
import { CommandError } from './command-error.ts'
import { withRunning } from './profile-client.ts'

/** @throws ClientError NOT_RUNNING; CommandError OTHER_NETWORK */
export function withChain<T>(context: CommandContext, work: (clients: Clients) => Promise<T>): Promise<T> {
  return withRunning(context, async (clients) => {
    if (context.network !== undefined) {
      const { network } = await clients.chain.info()
      if (network !== context.network) {
        const message = `The Shoal on this profile runs the network ${network}, not ${context.network}; name another --profile or restart it with --network ${context.network}.`
        throw new CommandError({ code: 'OTHER_NETWORK', network }, message)
      }
    }
    return work(clients)
  })
}
