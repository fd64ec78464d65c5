import type { ReactNode } from 'react'
import { useToasts } from '../../app/context.tsx'
import { ConfirmWords } from '../setup/confirm-words.tsx'

/** Asks for three words of a wallet that was made earlier. */
export function ConfirmWordsDialog({ onClose }: { onClose: () => void }): ReactNode {
  const done = useToasts((toasts) => toasts.done)
  return (
    <ConfirmWords
      description="Enter three of the words that you wrote down when you created this wallet. They cannot be shown again: if they were not written down, put this wallet aside in its settings and make another before you use it. Coins that it has already must be sent elsewhere first."
      later="Cancel"
      onLater={onClose}
      onDone={() => {
        done('The words are confirmed.')
        onClose()
      }}
    />
  )
}
