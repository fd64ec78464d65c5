/** For tests: chain, miner and chain peers with set answers, served on a profile's local socket as by a Shoal that runs. */
import type { BlockPage, ChainInfo, TransactionPage, TransactionRow } from '#shared/contract/chain.ts'
import type { Services } from '#shared/contract/index.ts'
import type { MinerStatus } from '#shared/contract/miner.ts'
import type { ChainPeerRow } from '#shared/contract/peers.ts'
import { ContractServer } from '../engine/serving/contract-server.ts'
import { localSocketPath } from '../engine/serving/local-socket-path.ts'
import { CodedError } from '../kernel/errors.ts'
import type { Host } from '../kernel/host.ts'
import { serveLocally } from '../serving/serve-locally.ts'

export const HASH = 'ab'.repeat(32)
export const TXID = '3f'.repeat(32)
export const ADDRESS = 'lshl1qexample'

export const INFO: ChainInfo = {
  ...{ network: 'local', state: 'synced', mode: 'archive', height: 1_234, tip: HASH, tipTime: 1_795_305_600 },
  ...{ headers: 1_234, difficulty: 2, work: '9a4', peers: 3, listening: '127.0.0.1:29533', keptFrom: 0 },
  ...{ diskBytes: 2_500_000, supply: 6_170_000_000_001n, coins: 1_200, signatures: 'native', notice: '' },
}

const ROW: TransactionRow = {
  ...{
    id: TXID,
    height: 7,
    blockHash: HASH,
    time: 1_795_305_600,
    virtualSize: 141,
    fee: 1_410n,
    value: 4_999_998_590n,
  },
  ...{ isCoinbase: false, inputs: 1, outputs: 2 },
}

export const BLOCK: BlockPage = {
  ...{ id: HASH, height: 7, time: 1_795_305_600, transactions: 2, size: 400, weight: 1_300, fees: 1_410n },
  ...{ reward: 5_000_001_410n, miner: ADDRESS, inBestChain: true, confirmations: 1_228, previous: 'cd'.repeat(32) },
  ...{ version: 0x2000_0000, bits: '207fffff', nonce: 3, merkleRoot: 'ef'.repeat(32), medianTime: 1_795_305_000 },
  ...{ difficulty: 2, work: '10', strippedSize: 300, coinbaseText: 'hi \u001b[31m', contents: 'kept' },
}

const TRANSACTION: TransactionPage = {
  ...ROW,
  ...{
    wtxid: '5c'.repeat(32),
    version: 2,
    lockTime: 0,
    size: 222,
    weight: 561,
    confirmations: 1_228,
    replaceable: true,
  },
  from: [{ address: ADDRESS, value: 5_000_000_000n, kind: 'P2WPKH', outpoint: { txid: HASH, index: 0 } }],
  to: [
    { address: ADDRESS, value: 4_999_998_590n, kind: 'P2WPKH', spentBy: false },
    { kind: 'OP_RETURN', value: 0n, text: 'note' },
  ],
  hex: '02',
}

const MINER: MinerStatus = {
  ...{ state: 'off', kernel: 'JavaScript', threads: 1, maxThreads: 4, share: 50, hashesPerSecond: 0, difficulty: 2 },
  ...{ attempts: 1_500_000, expectedBlocks: 2.5, blocksFound: 2, bestShare: 9, matured: 0n, immature: 10_000_000_000n },
  ...{ immatureBlocks: 2, orphaned: 0n, orphanedBlocks: 0, blockInterval: 1_000, notice: '' },
}

export const PEER: ChainPeerRow = {
  ...{
    id: '127.0.0.1:29533',
    direction: 'manual',
    state: 'connected',
    userAgent: '/Shoal:9.9/',
    services: ['NETWORK'],
  },
  ...{ height: 1_234, ping: 12.4, bytesReceived: 1_000, bytesSent: 2_000, connectedAt: 0, source: 'manual' },
  activity: 'in step',
}

/** Asked after a rebuild has begun, not before. */
class NotNow extends CodedError<{ code: 'REBUILDING' }> {
  constructor() {
    super({ code: 'REBUILDING' }, 'The chain is worked out again from its blocks.')
  }
}

class Refusal extends CodedError<{ code: 'TRANSACTION_REFUSED'; reason: string }> {}

/** What the fakes were told, and what the chain says of itself from now on. */
export class FakeChain {
  readonly calls: [name: string, args: unknown][] = []
  miner: MinerStatus = MINER
  cost = { statement: 'Older blocks are removed.', frees: 2_000_000, downloadBlocks: 0 }
  /** Whether questions about blocks are refused during a rebuild; else they wait for its end. */
  refusesWhileRebuilding = false
  #info: ChainInfo = INFO
  #changed = new Set<() => void>()
  #whole: (() => void)[] = []

  get info(): ChainInfo {
    return this.#info
  }

  set(changes: Partial<ChainInfo>): void {
    this.#info = { ...this.#info, ...changes }
    for (const changed of this.#changed) changed()
    if (this.#info.state !== 'rebuilding') for (const settle of this.#whole.splice(0)) settle()
  }

  /** @returns closes the socket */
  async serve(host: Host, profile: string): Promise<() => Promise<void>> {
    const services = { chain: this.#chainService(), miner: this.#minerService(), peers: this.#peers() }
    const server = new ContractServer(services as unknown as Services, host.clock, host.log)
    const local = await serveLocally(server, host.localSockets, localSocketPath(profile, 'linux'), host.log)
    return () => local.close()
  }

  #told<T>(name: string, answer: (args: never) => T): (args: unknown) => Promise<T> {
    return async (args) => {
      this.calls.push([name, args])
      return answer(args as never)
    }
  }

  #chainService() {
    const watch = (_: unknown, changed: () => void) => {
      this.#changed.add(changed)
      return () => this.#changed.delete(changed)
    }
    return {
      info: async () => this.#info,
      blocks: this.#told('blocks', () => [BLOCK]),
      block: this.#told('block', () => BLOCK),
      blockTransactions: this.#told('blockTransactions', () => [ROW]),
      transaction: this.#told('transaction', () => TRANSACTION),
      address: this.#told('address', ({ address }: { address: string }) => ({
        ...{
          address,
          kind: 'P2WPKH',
          coverage: 'partial',
          knownFrom: 900,
          balance: 150_000_000n,
          received: 5_000_000_000n,
        },
        ...{ unconfirmed: -1n, transactions: 1, history: [{ ...ROW, delta: -1_410n }] },
      })),
      headers: this.#told('headers', async ({ from, limit }: { from: number; limit: number }) => {
        if (this.refusesWhileRebuilding && this.#info.state === 'rebuilding') throw new NotNow()
        if (this.#info.state === 'rebuilding') await new Promise<void>((resolve) => this.#whole.push(resolve))
        const bits = '207fffff'
        return Array.from({ length: Math.min(2, limit) }, (_, n) => ({
          ...{ id: HASH, height: from + n, time: 0, bits, hex: '00'.repeat(80) },
        }))
      }),
      mempool: this.#told('mempool', () => ({
        ...{
          transactions: 1,
          virtualBytes: 141,
          memory: 900,
          memoryLimit: 300_000_000,
          fees: 1_410n,
          minimumFeeRate: 1,
        },
        bands: [{ from: 10, virtualBytes: 141, transactions: 1 }],
        newest: [{ ...ROW, height: undefined }],
      })),
      search: this.#told('search', () => ({ kind: 'transaction', id: TXID })),
      submit: this.#told('submit', ({ transaction }: { transaction: Uint8Array }) => {
        if (transaction[0] === 0xff)
          throw new Refusal({ code: 'TRANSACTION_REFUSED', reason: 'bad-txns' }, 'Refused (bad-txns); mend it.')
        return { txid: TXID }
      }),
      connect: this.#told('connect', () => undefined),
      rebuild: this.#told('rebuild', () =>
        this.set({ state: 'rebuilding', progress: { done: 0, total: 1_234, rate: 0 } }),
      ),
      modeCost: this.#told('modeCost', () => this.cost),
      setMode: this.#told('setMode', () => undefined),
      state: { read: () => [this.#info], watch },
    }
  }

  #minerService() {
    return {
      status: async () => this.miner,
      start: this.#told('start', () => {
        this.miner = {
          ...this.miner,
          state: 'mining',
          address: ADDRESS,
          hashesPerSecond: 5_500_000,
          expectedSeconds: 1,
        }
      }),
      stop: this.#told('stop', () => {
        this.miner = { ...this.miner, state: 'off', hashesPerSecond: 0 }
      }),
      generate: this.#told('generate', ({ blocks }: { blocks: number }) => ({
        blocks: Array.from({ length: blocks }, () => HASH),
      })),
    }
  }

  #peers() {
    const nobody = { read: () => [], watch: () => () => {} }
    return {
      chain: { read: () => [PEER], watch: () => () => {} },
      connected: nobody,
      disconnect: this.#told('disconnect', () => undefined),
    }
  }
}
