/** The real world for the time of a command. Apart from `run-engine.ts`, so that what needs no engine does not load it. */
import type { NetworkPolicy } from '../kernel/network-policy.ts'
import type { CommandContext, CommandHost } from './command.ts'
import type { NodeOptions } from './node-options.ts'

/** Nothing leaves this machine, and nobody else is heard. */
export const LOCAL_ONLY: NetworkPolicy = { mode: 'local-only', allowedHosts: [] }

/** What may leave this machine before the engine has decided. */
export function policyOf({ offline, allowedHosts }: NodeOptions): NetworkPolicy {
  return offline ? { mode: 'local-only', allowedHosts } : { mode: 'online' }
}

/** Opens a host for the time of `work`. */
export async function withHost<T>(
  context: CommandContext,
  policy: NetworkPolicy,
  work: (host: CommandHost) => Promise<T>,
): Promise<T> {
  const host = context.openHost(policy)
  try {
    return await work(host)
  } finally {
    await host.close()
  }
}

/** Resolves when the command is to stop. */
export function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
