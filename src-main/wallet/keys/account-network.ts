/**
 * What keys of an account depend on, for each network: the coin type of its path (BIP 44) and the version bytes of its
 * extended keys (BIP 32). Main has Bitcoin's version bytes: programs that read extended keys read ours.
 */
import type { AddressPrefixes } from '../../chain/address/address.ts'
import { type NetworkName, networks } from '../../chain/consensus/networks.ts'

export interface AccountNetwork {
  /** Second level of the path, hardened: m/84'/coin type'/0'. */
  readonly coinType: number
  /** The first four bytes of an extended key as a number; they make its text begin with `xpub` or `tpub`. */
  readonly versions: { readonly public: number; readonly private: number }
  readonly addresses: AddressPrefixes
}

const SHOAL_COIN_TYPE = 7_533
/** SLIP 44: every coin's test network. */
const TEST_COIN_TYPE = 1
const MAIN_VERSIONS = { public: 0x0488_b21e, private: 0x0488_ade4 }
const TEST_VERSIONS = { public: 0x0435_87cf, private: 0x0435_8394 }

export const accountNetworks: Readonly<Record<NetworkName, AccountNetwork>> = {
  main: { coinType: SHOAL_COIN_TYPE, versions: MAIN_VERSIONS, addresses: networks.main.addresses },
  test: { coinType: TEST_COIN_TYPE, versions: TEST_VERSIONS, addresses: networks.test.addresses },
  local: { coinType: TEST_COIN_TYPE, versions: TEST_VERSIONS, addresses: networks.local.addresses },
}
