import type { ReactNode } from 'react'
import { ChooseCoinsDialog } from './choose-coins.tsx'
import { ConfirmWordsDialog } from './confirm-words.tsx'
import { ContactDialog } from './contact.tsx'
import { CreateWalletDialog } from './create.tsx'
import { PasswordDialog } from './password.tsx'
import { AbandonDialog, PutAsideDialog, RemoveContactDialog, RescanDialog } from './questions.tsx'
import type { WalletDialogRequest } from './requests.ts'
import { RestoreWalletDialog } from './restore.tsx'
import { UnlockDialog } from './unlock.tsx'

/** The dialog that the wallet asks for. */
export default function WalletDialog(props: { request: WalletDialogRequest; onClose: () => void }): ReactNode {
  const { request, onClose } = props
  switch (request.kind) {
    case 'wallet-create':
      return <CreateWalletDialog onClose={onClose} />
    case 'wallet-restore':
      return <RestoreWalletDialog onClose={onClose} />
    case 'wallet-confirm-words':
      return <ConfirmWordsDialog onClose={onClose} />
    case 'wallet-unlock':
      return <UnlockDialog why={request.why} onUnlocked={request.onUnlocked} onClose={onClose} />
    case 'wallet-password':
      return <PasswordDialog onClose={onClose} />
    case 'wallet-choose-coins':
      return <ChooseCoinsDialog onClose={onClose} />
    case 'wallet-contact':
      return <ContactDialog contact={request.contact} address={request.address} onClose={onClose} />
    case 'wallet-remove-contact':
      return <RemoveContactDialog contact={request.contact} onClose={onClose} />
    case 'wallet-abandon':
      return <AbandonDialog row={request.row} onClose={onClose} />
    case 'wallet-rescan':
      return <RescanDialog onClose={onClose} />
    case 'wallet-put-aside':
      return <PutAsideDialog onClose={onClose} />
  }
}
