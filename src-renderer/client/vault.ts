/** The vault as the window sees it: its own channel, since passwords and words cross nowhere else. */
import type { BridgeAnswer, FeedEvent } from '#shared/bridge.ts'
import { clientError } from '#shared/contract/client/client-error.ts'
import { createClient } from '#shared/contract/client/clients.ts'
import type { ClientOf } from '#shared/contract/service.ts'
import { type VaultService, vault } from '#shared/contract/vault-channel.ts'

export type VaultClient = ClientOf<VaultService>

/** `window.shoal.vault`. */
export interface VaultBridge {
  call(call: string, args: unknown): Promise<BridgeAnswer>
  subscribe(feed: string, args: unknown, listener: (event: FeedEvent) => void): () => void
}

/** Answers are checked as everywhere. A call after the process has ended reaches the next one. */
export function vaultClient(bridge: VaultBridge): VaultClient {
  return createClient(
    {
      async call(_service, call, args) {
        const answer = await bridge.call(call, args)
        if (answer.ok) return answer.value
        throw clientError(answer.error)
      },
      subscribe: (_service, feed, args, onEvent) => bridge.subscribe(feed, args, onEvent),
    },
    vault,
  )
}
