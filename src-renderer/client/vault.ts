/** The vault as the window sees it: its own channel, since passwords and words cross nowhere else. */
import type { ClientOf } from '#shared/contract/service.ts'
import type { VaultService } from '#shared/contract/vault-channel.ts'

export type VaultClient = ClientOf<VaultService>
