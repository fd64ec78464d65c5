import { useAppStore } from '../../app/context.tsx'
import type { WalletInfo } from '../../client/types.ts'

/** Asks for three words; for the password before, where the keys are not in memory to compare with. */
export function useConfirmWords({ locked }: WalletInfo): () => void {
  const app = useAppStore()
  const confirm = (): void => void app.getState().ask({ kind: 'wallet-confirm-words' })
  return () => {
    if (!locked) return confirm()
    app.getState().ask({
      kind: 'wallet-unlock',
      why: 'The vault compares the words with the keys that it keeps.',
      onUnlocked: confirm,
    })
  }
}
