/** A wallet reads blocks a moment after the chain has them: whoever spends right after a block waits for that moment. */
import type { Clients } from '#shared/contract/index.ts'
import type { WalletInfo } from '#shared/contract/wallet.ts'
import { type Millis, SECOND } from '../../kernel/clock.ts'
import type { CommandContext } from '../command.ts'
import { follow } from '../follow.ts'
import { LOCAL_ONLY, withHost } from '../with-host.ts'

/** A scan of many blocks is not waited for: what is known can be spent meanwhile. */
const LONGEST_WAIT: Millis = 10 * SECOND

/** Resolves when the wallet has looked at every block, or after a while. */
export async function caughtUp(clients: Clients, context: CommandContext): Promise<void> {
  await withHost(context, LOCAL_ONLY, async ({ clock }) => {
    const waiting = new AbortController()
    const timer = clock.after(LONGEST_WAIT, () => waiting.abort())
    const stop = () => waiting.abort()
    context.stop.addEventListener('abort', stop)
    try {
      await follow<WalletInfo, true>(
        (listener) => clients.wallet.state(undefined, listener),
        ([info]) => (info === undefined || info.scan.height >= info.scan.target ? true : undefined),
        waiting.signal,
      )
    } catch (error) {
      if (!waiting.signal.aborted) throw error
    } finally {
      timer.cancel()
      context.stop.removeEventListener('abort', stop)
    }
  })
}
