/**
 * What a full chain is asked, handed on to the session of now. While there is none yet (a rebuild) calls wait for it; pages
 * are refused then, because people do not wait so long.
 */
import { SerializationError } from '../../codec/serialization-error.ts'
import type {
  BlockKnowledge,
  BlockOutcome,
  BlockPosition,
  ChainTip,
  CompactOutcome,
  FilterRange,
  HeadersOutcome,
  PeerName,
  TransactionOutcome,
} from '../chain.ts'
import { tipAt } from '../headers/tip-at.ts'
import { hash256 } from '../primitives/hashes.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'
import type { ChainPages } from './chain-pages.ts'
import type { FullSession } from './full-session.ts'
import type { ChainMining, NodeChain } from './node-chain.ts'
import type { WalletCalls } from './wallet-calls.ts'

type Calls = Omit<NodeChain, 'state' | 'watch' | 'forgetPeer' | 'upkeep' | 'rebuild' | 'modeCost' | 'setMode' | 'close'>

export abstract class FullChainCalls implements Calls {
  protected abstract session(): Promise<FullSession>
  /** @throws ChainPageError REBUILDING */
  protected abstract pages(): Promise<ChainPages>
  /** Something that may have to do with the disk went wrong; whoever asked is told as well. */
  protected abstract failed(error: unknown): void

  async locator(): Promise<readonly Uint8Array[]> {
    return (await this.session()).chainstate.locator()
  }

  async acceptHeaders(headers: Uint8Array, from: PeerName): Promise<HeadersOutcome> {
    return this.#writing(({ chainstate }) => chainstate.acceptHeaders(headers, from))
  }

  async headersAfter(locator: readonly Uint8Array[], stop: Uint8Array, limit: number): Promise<Uint8Array> {
    return (await this.session()).chainstate.headersAfter(locator, stop, limit)
  }

  async knowledgeOf(hashes: readonly Uint8Array[]): Promise<readonly BlockKnowledge[]> {
    const { chainstate } = await this.session()
    return hashes.map((hash) => chainstate.knowledgeOf(hash))
  }

  async heightOf(hash: Uint8Array): Promise<number | undefined> {
    return (await this.session()).chainstate.heightOf(hash)
  }

  async missingBlocks(hash: Uint8Array, limit: number): Promise<readonly BlockPosition[]> {
    return (await this.session()).chainstate.missingBlocks(hash, limit)
  }

  async acceptBlock(block: Uint8Array, from: PeerName, requested: boolean): Promise<BlockOutcome> {
    return this.#writing(
      ({ chainstate, fetched }) => fetched.accept(block) ?? chainstate.acceptBlock(block, from, requested),
    )
  }

  async wantedBlocks(): Promise<readonly BlockPosition[]> {
    return (await this.session()).fetched.wanted
  }

  async block(hash: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.session()).chainstate.block(hash)
  }

  async acceptCompactBlock(payload: Uint8Array, from: PeerName): Promise<CompactOutcome> {
    return this.#writing(({ compact }) => compact.accept(payload, from))
  }

  async completeCompactBlock(payload: Uint8Array, from: PeerName): Promise<CompactOutcome> {
    return this.#writing(({ compact }) => compact.complete(payload, from))
  }

  async compactBlock(hash: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.session()).serving.compactBlock(hash)
  }

  async blockTransactions(request: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.session()).serving.blockTransactions(request)
  }

  async acceptTransaction(bytes: Uint8Array, from: PeerName | undefined): Promise<TransactionOutcome> {
    const session = await this.session()
    try {
      return await session.mempool.accept(decodeTransaction(bytes), from, session.now())
    } catch (error) {
      if (!(error instanceof SerializationError)) throw error
      const id = hash256(bytes)
      return { status: 'refused', txid: id, wtxid: id, reason: 'tx-decode-failed', kind: 'invalid' }
    }
  }

  async knownTransactions(ids: readonly Uint8Array[]): Promise<readonly boolean[]> {
    const { mempool } = await this.session()
    return ids.map((id) => mempool.knows(id))
  }

  async mempoolTransactions(ids: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const { mempool } = await this.session()
    return ids.map((id) => mempool.find(id)?.transaction.bytes())
  }

  async mempoolInventory() {
    return (await this.session()).mempool.inventory()
  }

  async filters(range: FilterRange) {
    return this.#answer((session) => session.serving.filters(range))
  }

  async filterHashes(range: FilterRange) {
    return this.#answer((session) => session.serving.filterHashes(range))
  }

  async filterCheckpoints(stopHash: Uint8Array) {
    return this.#answer((session) => session.serving.filterCheckpoints(stopHash))
  }

  readonly template: ChainMining['template'] = async (request) => (await this.session()).templates.template(request)

  readonly submitSolution: ChainMining['submitSolution'] = (solution) =>
    this.#writing(({ templates }) => templates.submitSolution(solution))

  readonly standingOf: ChainMining['standingOf'] = async (blocks) => {
    const { chainstate } = await this.session()
    const { coinbaseMaturity } = chainstate.network
    return blocks.map((hash) => {
      const height = chainstate.heightOf(hash)
      if (height === undefined) return chainstate.knowledgeOf(hash) === 'unknown' ? 'unknown' : 'orphaned'
      return chainstate.tip.height + 1 - height >= coinbaseMaturity ? 'matured' : 'immature'
    })
  }

  readonly scanForWallet: WalletCalls['scanForWallet'] = async (scan) =>
    (await this.session()).wallet.scanForWallet(scan)

  readonly mempoolForWallet: WalletCalls['mempoolForWallet'] = async (question) =>
    (await this.session()).wallet.mempoolForWallet(question)

  readonly estimateFees: WalletCalls['estimateFees'] = async (targets) =>
    (await this.session()).wallet.estimateFees(targets)

  readonly heightAtTime: WalletCalls['heightAtTime'] = async (time) => (await this.session()).wallet.heightAtTime(time)

  async tipAt(height: number): Promise<ChainTip | undefined> {
    const { chainstate } = await this.session()
    const position = chainstate.blockAt(height)
    return position && tipAt(chainstate.headers, chainstate.headers.find(position.hash))
  }

  readonly blockDetails: ChainPages['blockDetails'] = async (id) => (await this.pages()).blockDetails(id)

  readonly blockSummaries: ChainPages['blockSummaries'] = async (from, limit) =>
    (await this.pages()).blockSummaries(from, limit)

  readonly transactionsOfBlock: ChainPages['transactionsOfBlock'] = async (hash, range) =>
    (await this.pages()).transactionsOfBlock(hash, range)

  readonly transactionDetails: ChainPages['transactionDetails'] = async (txid) =>
    (await this.pages()).transactionDetails(txid)

  readonly addressDetails: ChainPages['addressDetails'] = async (address, range) =>
    (await this.pages()).addressDetails(address, range)

  readonly headerDetails: ChainPages['headerDetails'] = async (from, limit) =>
    (await this.pages()).headerDetails(from, limit)

  readonly mempoolDetails: ChainPages['mempoolDetails'] = async () => (await this.pages()).mempoolDetails()

  readonly mempoolTransactionsPage: ChainPages['mempoolTransactionsPage'] = async (range) =>
    (await this.pages()).mempoolTransactionsPage(range)

  readonly find: ChainPages['find'] = async (text) => (await this.pages()).find(text)

  /** A range that ends in blocks that no commit has seen yet is answered after one. */
  async #answer<T>(ask: (session: FullSession) => T | undefined): Promise<T | undefined> {
    const session = await this.session()
    const answer = ask(session)
    if (answer !== undefined) return answer
    await session.chainstate.flush()
    return ask(session)
  }

  async #writing<T>(write: (session: FullSession) => T | Promise<T>): Promise<T> {
    const session = await this.session()
    try {
      return await write(session)
    } catch (error) {
      this.failed(error)
      throw error
    }
  }
}
