/** Reads the headers of a store into a tree, and brings a new store to genesis. */
import { bytesEqual } from '../../kernel/bytes.ts'
import { HeaderMark, type HeaderTree } from '../headers/header-tree.ts'
import { HASH_BYTES } from '../primitives/hashes.ts'
import type { ChainStore, StoredHeader } from '../store/chain-store.ts'
import { ChainstateError } from './chainstate-error.ts'

/** Offset of the parent's hash in a header. */
const PREVIOUS_OFFSET = 4

/** Row of the tip of the last commit. `tree` has its genesis alone. @throws ChainstateError `STORE_DAMAGED` */
export function restoreHeaders(tree: HeaderTree, store: ChainStore): number {
  for (const header of store.headers()) restore(tree, header)
  const tipHash = store.tip()
  if (tipHash === undefined) beginAtGenesis(tree, store)
  const tip = tipHash === undefined ? 0 : tree.find(tipHash)
  if (tip === -1) throw new ChainstateError({ code: 'STORE_DAMAGED', hash: tipHash as Uint8Array })
  for (let row = tip; row !== -1; row = tree.parent(row)) tree.mark(row, HeaderMark.LINKED)
  return tip
}

function restore(tree: HeaderTree, { header, hash, standing, hasBlock }: StoredHeader): void {
  const marks = HeaderMark.STORED | (hasBlock ? HeaderMark.HAS_BLOCK : 0) | (standing === 'bad' ? HeaderMark.BAD : 0)
  if (bytesEqual(hash, tree.network.genesis.hash)) {
    tree.mark(0, marks)
    return
  }
  const parent = tree.find(header.subarray(PREVIOUS_OFFSET, PREVIOUS_OFFSET + HASH_BYTES))
  if (parent === -1) throw new ChainstateError({ code: 'STORE_DAMAGED', hash })
  tree.restore(header, hash, parent, tree.isBad(parent) ? marks | HeaderMark.BAD : marks)
}

function beginAtGenesis(tree: HeaderTree, store: ChainStore): void {
  const { genesis } = tree.network
  const { hash } = genesis
  if (!tree.has(0, HeaderMark.STORED))
    store.addHeaders([{ header: genesis.header.bytes(), hash, height: 0, standing: 'good', hasBlock: false }])
  if (!tree.has(0, HeaderMark.HAS_BLOCK)) store.addBlock(hash, 0, genesis.bytes())
  tree.mark(0, HeaderMark.STORED | HeaderMark.HAS_BLOCK)
  store.commit({
    tip: hash,
    tipHeight: 0,
    coins: new Map(),
    disconnected: [],
    connected: [{ height: 0, block: genesis, spent: [] }],
  })
}
