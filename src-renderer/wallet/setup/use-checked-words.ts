/** What can be said of words while they are typed. Asked of the vault a moment after the last key. */
import { useEffect, useState } from 'react'
import type { WordLanguage } from '#shared/contract/vault-channel.ts'
import { useVault } from '../../client/context.tsx'
import type { VaultClient } from '../../client/vault.ts'

const SETTLE_MS = 120
export type CheckedWords = Awaited<ReturnType<VaultClient['check']>>

export function useCheckedWords(words: string, language: WordLanguage | undefined): CheckedWords | undefined {
  const vault = useVault()
  const [checked, setChecked] = useState<{ words: string; result: CheckedWords }>()
  const empty = words.trim() === ''
  useEffect(() => {
    if (empty) return
    let wanted = true
    const timer = setTimeout(() => {
      vault.check({ words, ...(language === undefined ? {} : { language }) }).then(
        (result) => wanted && setChecked({ words, result }),
        // Nothing is said then; restoring checks again.
        () => wanted && setChecked(undefined),
      )
    }, SETTLE_MS)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [vault, words, language, empty])
  return empty ? undefined : checked?.result
}
