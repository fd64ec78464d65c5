/** Settings of the right form that still cannot be used. */
import type { Settings } from '#shared/contract/settings.ts'
import { decodeAddress } from '../../chain/address/address.ts'
import { knownAddresses, networks } from '../../chain/consensus/networks.ts'
import { CodedError } from '../../kernel/errors.ts'
import { parseHostPort } from '../overlays/bootstrap-nodes.ts'

export type SettingsFault =
  | { readonly code: 'BAD_BOOTSTRAP_NODE'; readonly node: string }
  | { readonly code: 'BAD_CHORD_NODE'; readonly node: string }
  | { readonly code: 'BAD_CHAIN_PEER'; readonly peer: string }

export class SettingsError extends CodedError<SettingsFault> {}

type Changes = { readonly [K in keyof Settings]?: Settings[K] | undefined }

/** @throws SettingsError, AddressError */
export function refuseUnusable(changes: Changes, network: Settings['network']) {
  const { bootstrapNodes, chordNodes, chainPeers, minerAddress } = changes
  const node = bootstrapNodes?.find((text) => !parseHostPort(text))
  if (node !== undefined)
    throw new SettingsError(
      { code: 'BAD_BOOTSTRAP_NODE', node },
      `“${node}” is no HOST:PORT of a DHT node; write it like router.example:6881.`,
    )
  const chordNode = chordNodes?.find((text) => !parseHostPort(text))
  if (chordNode !== undefined)
    throw new SettingsError(
      { code: 'BAD_CHORD_NODE', node: chordNode },
      `“${chordNode}” is no HOST:PORT of a host of the ring; write it like 192.0.2.7:6881.`,
    )
  const peer = chainPeers?.find((text) => !parseHostPort(text))
  if (peer !== undefined)
    throw new SettingsError(
      { code: 'BAD_CHAIN_PEER', peer },
      `“${peer}” is no HOST:PORT of a chain peer; write it like 192.0.2.7:${networks[network].port}.`,
    )
  if (minerAddress) refuseNoAddress(minerAddress, network)
}

/** One of another network of Shoal is kept: a person may be about to change the network too. Mining refuses it by name. */
function refuseNoAddress(address: string, network: Settings['network']): void {
  const fits = Object.values(networks).some(({ addresses }) => {
    try {
      return decodeAddress(address, addresses) !== undefined
    } catch {
      return false
    }
  })
  if (!fits) decodeAddress(address, networks[network].addresses, knownAddresses)
}
