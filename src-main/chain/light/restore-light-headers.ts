/** Reads the headers of a store into the tree of a light node, and puts genesis into a new store. */
import { bytesEqual } from '../../kernel/bytes.ts'
import { HeaderMark, type HeaderTree } from '../headers/header-tree.ts'
import { HASH_BYTES } from '../primitives/hashes.ts'
import { ChainstateError } from '../state/chainstate-error.ts'
import type { ChainStore } from '../store/chain-store.ts'

/** Offset of the parent's hash in a header. */
const PREVIOUS_OFFSET = 4

/** `tree` has its genesis alone. @throws ChainstateError `STORE_DAMAGED`, what the store throws */
export function restoreLightHeaders(tree: HeaderTree, store: Pick<ChainStore, 'headers' | 'addHeaders'>): void {
  const { genesis } = tree.network
  for (const { header, hash, standing } of store.headers()) {
    const isBad = standing === 'bad' ? HeaderMark.BAD : 0
    if (bytesEqual(hash, genesis.hash)) {
      tree.mark(0, HeaderMark.STORED)
      continue
    }
    const parent = tree.find(header.subarray(PREVIOUS_OFFSET, PREVIOUS_OFFSET + HASH_BYTES))
    if (parent === -1) throw new ChainstateError({ code: 'STORE_DAMAGED', hash })
    tree.restore(header, hash, parent, HeaderMark.STORED | (tree.isBad(parent) ? HeaderMark.BAD : isBad))
  }
  if (tree.has(0, HeaderMark.STORED)) return
  const header = genesis.header.bytes()
  store.addHeaders([{ header, hash: genesis.hash, height: 0, standing: 'good', hasBlock: false }])
  tree.mark(0, HeaderMark.STORED)
}
