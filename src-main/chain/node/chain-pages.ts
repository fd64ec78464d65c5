/**
 * Pages about blocks, transactions and addresses, in the shapes that the contract shows (src-shared/contract/chain.ts):
 * hashes as 64 hex digits, amounts in grains, addresses of this network. What is not kept is left out, and said.
 */

export interface BlockSummary {
  id: string
  height: number
  time: number
  transactions?: number
  size?: number
  weight?: number
  fees?: bigint
  reward?: bigint
  miner?: string
}

export interface BlockDetails extends BlockSummary {
  inBestChain: boolean
  confirmations: number
  previous: string
  next?: string
  version: number
  bits: string
  nonce: number
  merkleRoot: string
  medianTime: number
  difficulty: number
  work: string
  strippedSize?: number
  coinbaseText?: string
  contents: 'kept' | 'pruned' | 'headers-only'
}

export interface TransactionSummary {
  id: string
  height?: number
  blockHash?: string
  time: number
  virtualSize: number
  fee?: bigint
  value: bigint
  isCoinbase: boolean
  inputs: number
  outputs: number
}

export interface TransferSide {
  address?: string
  value?: bigint
  kind: string
  text?: string
  outpoint?: { txid: string; index: number }
  spentBy?: string | boolean
}

export interface TransactionDetails extends TransactionSummary {
  wtxid: string
  version: number
  lockTime: number
  size: number
  weight: number
  confirmations: number
  from: TransferSide[]
  to: TransferSide[]
  replaceable: boolean
  hex?: string
}

export interface AddressDetails {
  address: string
  kind: string
  coverage: 'complete' | 'partial' | 'none'
  knownFrom?: number
  balance?: bigint
  received?: bigint
  unconfirmed: bigint
  transactions: number
  history: (TransactionSummary & { delta: bigint })[]
}

export interface MempoolDetails {
  transactions: number
  virtualBytes: number
  memory: number
  memoryLimit: number
  fees: bigint
  /** Grains per virtual byte. */
  minimumFeeRate: number
  bands: { from: number; virtualBytes: number; transactions: number }[]
}

export interface HeaderDetails {
  id: string
  height: number
  time: number
  bits: string
  hex: string
}

export type FoundByText =
  | { kind: 'block'; id: string }
  | { kind: 'transaction'; id: string }
  | { kind: 'address'; id: string }

export interface PageRange {
  readonly offset: number
  readonly limit: number
}

/** All reject with a `ChainPageError`. */
export interface ChainPages {
  blockDetails(id: string | number): Promise<BlockDetails>
  /** Newest first from `from` (undefined: the tip) down. */
  blockSummaries(from: number | undefined, limit: number): Promise<BlockSummary[]>
  transactionsOfBlock(hash: string, range: PageRange): Promise<TransactionSummary[]>
  transactionDetails(txid: string): Promise<TransactionDetails>
  addressDetails(address: string, range: PageRange): Promise<AddressDetails>
  headerDetails(from: number, limit: number): Promise<HeaderDetails[]>
  mempoolDetails(): Promise<MempoolDetails>
  mempoolTransactionsPage(range: PageRange): Promise<TransactionSummary[]>
  find(text: string): Promise<FoundByText>
}
