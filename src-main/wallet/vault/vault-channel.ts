/** The vault's channel, served by its keeper: `vault-channel.ts` of the contract. */

import type { HandlersOf } from '#shared/contract/service.ts'
import { type VaultService, vault } from '#shared/contract/vault-channel.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import { ServiceServer } from '../../serving/service-server.ts'
import { checkWords } from '../keys/words.ts'
import type { KeeperState, VaultKeeper } from './vault-keeper.ts'

export type VaultServer = ServiceServer<{ readonly vault: VaultService }>

/** @param watch calls after every change of the keeper's state until the returned function is called */
export function vaultServer(
  keeper: VaultKeeper,
  watch: (changed: () => void) => () => void,
  clock: Clock,
  log: Log,
): VaultServer {
  return new ServiceServer({ vault }, { vault: handlersOf(keeper, watch) }, clock, log)
}

function handlersOf(keeper: VaultKeeper, watch: (changed: () => void) => () => void): HandlersOf<VaultService> {
  return {
    async create(args) {
      return { words: await keeper.create(args) }
    },
    async challenge() {
      return { positions: [...keeper.challenge()] }
    },
    async confirm({ words }) {
      await keeper.confirm(words)
    },
    async restore(args) {
      await keeper.restore(args)
    },
    async check({ words, language }) {
      return checkWords(words, language)
    },
    async unlock({ password }) {
      await keeper.unlock(password)
    },
    async lock() {
      keeper.lock()
    },
    async changePassword({ from, to }) {
      await keeper.changePassword(from, to)
    },
    async state() {
      return stateOf(await keeper.refresh())
    },
    changes: { read: () => [stateOf(keeper.state)], watch: (_args, changed) => watch(changed) },
  }
}

function stateOf({ exists, locked, locksAt, wordsConfirmed }: KeeperState) {
  return { exists, locked, wordsConfirmed, ...(locksAt !== undefined && { locksAt }) }
}
