/**
 * Makes keys of an account before they are asked for, some at a time: a wallet that has thousands takes a second or more for
 * them, and nothing else of the engine may wait for that long. The account keeps what was made.
 */
import { type Clock, type Millis, pause } from '../../kernel/clock.ts'
import type { KeyChain, KeyPath, PublicAccount } from '../../wallet/wallet-types.ts'

/** Whoever else has something to do gets a turn after this. */
export const DERIVING_SLICE: Millis = 4

/** Settles early once `isWanted` is false. */
export async function deriveAhead(
  account: Pick<PublicAccount, 'scriptAt'>,
  paths: Iterable<KeyPath>,
  clock: Clock,
  isWanted: () => boolean,
): Promise<void> {
  let since = clock.now()
  for (const path of paths) {
    if (!isWanted()) return
    account.scriptAt(path)
    if (clock.now() - since < DERIVING_SLICE) continue
    await pause(clock, 0)
    since = clock.now()
  }
}

/** The first `count` of both chains. */
export function* firstPaths(count: number): Generator<KeyPath> {
  for (const chain of [0, 1] satisfies KeyChain[]) for (let index = 0; index < count; index++) yield { chain, index }
}
