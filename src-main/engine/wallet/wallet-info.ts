/** What a person is told of the wallet at a glance, put together from the wallet, its scan, its keys and the chain. */
import type { WalletBalance, WalletInfo } from '#shared/contract/wallet.ts'
import { GAP_LIMIT } from '../../wallet/address-book.ts'
import type { VaultState } from '../../wallet/vault/vault.ts'
import type { ShownProgress } from './scan-pace.ts'
import type { WalletHostState } from './wallet-host.ts'

export interface WalletInfoFacts {
  readonly network: WalletInfo['network']
  readonly host: WalletHostState
  readonly vault: VaultState
  /** Undefined while no chain is open. */
  readonly scan: { readonly stuck: string; readonly progress: ShownProgress | undefined } | undefined
  /** Of the best chain; undefined while none is open. */
  readonly chainHeight: number | undefined
  /** Why there is no chain, one sentence; empty where there is one. */
  readonly noChain: string
  /** Of a light node: independent sources of filters. */
  readonly lightSources: number | undefined
}

const NO_BALANCE: WalletBalance = { available: 0n, pending: 0n, immature: 0n, frozen: 0n, orphaned: 0n }
/** They may never have been seen: it may have ended between the wallet's making and the words. */
const CONFIRM_WORDS =
  'The words of this wallet have not been confirmed. Confirm them before you rely on its coins. If they were not written down, put this wallet aside and make another before you use it.'

export function walletInfoOf(facts: WalletInfoFacts): WalletInfo {
  const { network, host, vault } = facts
  const none: WalletInfo = {
    ...{ network, state: host.kind, locked: true, wordsConfirmed: false, balance: NO_BALANCE },
    scan: { height: 0, target: facts.chainHeight ?? 0, stuck: '' },
    ...{ unconfirmed: 0, transactions: 0, notice: '' },
  }
  switch (host.kind) {
    case 'none':
    case 'opening':
      return none
    case 'failed':
      return { ...none, notice: shortened(host.reason) }
    case 'damaged':
      return { ...none, notice: damageNotice(host), ...(host.previous && { previous: { ...host.previous } }) }
    case 'ready': {
      const { wallet, account } = host
      const { birthday, wordsConfirmed } = account
      return {
        ...{ network, state: 'ready', wordsConfirmed, locked: vault.locked },
        ...(vault.locksAt !== undefined && { locksAt: vault.locksAt }),
        ...(birthday !== undefined && { birthday }),
        balance: wallet.balance(),
        scan: scanOf(facts, wallet.cursor?.height ?? 0),
        unconfirmed: wallet.unconfirmed,
        transactions: wallet.transactions,
        ...(facts.lightSources !== undefined && { light: { oneSource: facts.lightSources < 2 } }),
        notice: wordsConfirmed ? gapNotice(wallet.unpaidInRow) : CONFIRM_WORDS,
      }
    }
  }
}

/** What is paid to an address beyond the gap is there, and not found where the words are entered anew. */
function gapNotice(unpaid: number): string {
  if (unpaid <= GAP_LIMIT) return ''
  return `The last ${unpaid} addresses were handed out and nothing was paid to them yet. Restored from its words, a wallet looks for ${GAP_LIMIT} such addresses: let it look further then.`
}

function scanOf({ scan, chainHeight, noChain }: WalletInfoFacts, height: number): WalletInfo['scan'] {
  const progress = scan?.progress
  return {
    height,
    target: chainHeight ?? height,
    ...(progress && { progress }),
    stuck: shortened(scan?.stuck ?? noChain),
  }
}

function damageNotice({ cause, previous }: Extract<WalletHostState, { readonly kind: 'damaged' }>): string {
  const next = previous
    ? 'Take its previous copy, or put it aside and restore the wallet from its words.'
    : 'Put it aside and restore the wallet from its words.'
  // What is wrong, without the advice for a file that can be made anew.
  const [what = ''] = cause.split('. ')
  return `The wallet’s file is damaged (${what.slice(0, 200)}). ${next}`
}

function shortened(sentence: string): string {
  return sentence.slice(0, 500)
}
