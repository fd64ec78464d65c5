/** First blocks of Bitcoin's main and regression test network: the same transaction under two headers. */

import { fromHex, toHex, utf8 } from '../../kernel/bytes.ts'
import { Block } from '../primitives/block.ts'
import { ZERO_HASH } from '../primitives/hashes.ts'
import { BlockHeader } from '../primitives/header.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'

const PUBLIC_KEY =
  '04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f'
const SENTENCE = 'The Times 03/Jan/2009 Chancellor on brink of second bailout for banks'

const coinbase = decodeTransaction(
  fromHex(
    [
      `01000000 01 ${'00'.repeat(32)} ffffffff`,
      `4d 04ffff001d 0104 45 ${toHex(utf8(SENTENCE))} ffffffff`,
      `01 00f2052a01000000 43 41 ${PUBLIC_KEY} ac 00000000`,
    ]
      .join('')
      .replaceAll(' ', ''),
  ),
)

function genesis(time: number, bits: number, nonce: number): Block {
  const fields = { version: 1, previous: ZERO_HASH, merkleRoot: coinbase.txid, time, bits, nonce }
  return new Block(new BlockHeader(fields), [coinbase])
}

export const bitcoinMainGenesis: Block = genesis(1_231_006_505, 0x1d00_ffff, 2_083_236_893)
export const bitcoinRegtestGenesis: Block = genesis(1_296_688_602, 0x207f_ffff, 2)
