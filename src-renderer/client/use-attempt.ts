/** Something asked for by a press: one at a time, with what was refused kept beside it. */
import { useRef, useState } from 'react'
import { codeOf, sentenceOf } from './client-error.ts'

export interface Refusal {
  readonly code: string
  readonly sentence: string
}

export interface Attempt {
  readonly busy: boolean
  readonly refusal: Refusal | undefined
  /** Does nothing while another one is under way. Resolves with whether it went well. */
  attempt(act: () => Promise<unknown>): Promise<boolean>
  forget(): void
}

export function useAttempt(): Attempt {
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const underWay = useRef(false)
  const attempt = async (act: () => Promise<unknown>): Promise<boolean> => {
    if (underWay.current) return false
    underWay.current = true
    setBusy(true)
    setRefusal(undefined)
    try {
      await act()
      return true
    } catch (error) {
      setRefusal({ code: codeOf(error), sentence: sentenceOf(error) })
      return false
    } finally {
      underWay.current = false
      setBusy(false)
    }
  }
  return { busy, refusal, attempt, forget: () => setRefusal(undefined) }
}
