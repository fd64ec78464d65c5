/** The preload's bridge as the window finds it at `window.shoal`, and a transport over it. */

import { clientError } from '#shared/contract/client/client-error.ts'
import type { Transport, TransportEvent } from '#shared/contract/client/transport.ts'
import type { VaultBridge } from './vault.ts'

export interface ShoalBridge {
  call(
    service: string,
    call: string,
    args: unknown,
  ): Promise<{ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown }>
  subscribe(service: string, feed: string, args: unknown, listener: (event: TransportEvent) => void): () => void
  readonly vault: VaultBridge
  /** The path of a dropped file or folder, empty where it has none. */
  pathForFile(file: File): string
}

/** The bridge, or undefined where the page runs outside the app. */
export function findBridge(): ShoalBridge | undefined {
  return (window as unknown as { shoal?: ShoalBridge }).shoal
}

export function bridgeTransport(bridge: Pick<ShoalBridge, 'call' | 'subscribe'>): Transport {
  return {
    async call(service, call, args) {
      const answer = await bridge.call(service, call, args)
      if (answer.ok) return answer.value
      throw clientError(answer.error)
    },
    subscribe: (service, feed, args, onEvent) => bridge.subscribe(service, feed, args, onEvent),
  }
}
