/** What a recipient stands for, asked of the engine a moment after the last key. */
import { useEffect, useState } from 'react'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { PaymentTarget } from '../../client/types.ts'

const SETTLE_MS = 150
const MAX_TARGET_CHARACTERS = 2_000

export type TargetState =
  | { readonly status: 'empty' }
  | { readonly status: 'asking' }
  | { readonly status: 'known'; readonly target: PaymentTarget }
  | { readonly status: 'wrong'; readonly sentence: string }

/** @param text an address or a URI: the address of a contact rather than its name */
export function useTarget(text: string): TargetState {
  const { wallet } = useClients()
  const [answer, setAnswer] = useState<{ text: string; state: TargetState }>()
  useEffect(() => {
    if (text === '') return
    let wanted = true
    const settle = (state: TargetState): void => {
      if (wanted) setAnswer({ text, state })
    }
    const timer = setTimeout(() => {
      wallet.readTarget({ text: text.slice(0, MAX_TARGET_CHARACTERS) }).then(
        (target) => settle({ status: 'known', target }),
        (error: unknown) => settle({ status: 'wrong', sentence: sentenceOf(error) }),
      )
    }, SETTLE_MS)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [wallet, text])
  if (text === '') return { status: 'empty' }
  return answer?.text === text ? answer.state : { status: 'asking' }
}
