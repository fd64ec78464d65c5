import type { WalletContact } from '../../client/types.ts'
import { type Asked, useAsked } from '../../client/use-asked.ts'

const NOBODY: readonly WalletContact[] = []

/** The contacts by name. @param version while it changes they are asked for again */
export function useContacts(version: number | string = ''): Asked<readonly WalletContact[]> & {
  readonly contacts: readonly WalletContact[]
} {
  const asked = useAsked('contacts', ({ wallet }) => wallet.contacts(), version)
  return { ...asked, contacts: asked.state.status === 'ready' ? asked.state.value : NOBODY }
}
