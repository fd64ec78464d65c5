/** A call whose answer is shown: asked once, and again when what it depends on has changed. */
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { Clients } from '#shared/contract/index.ts'
import { sentenceOf } from './client-error.ts'
import { useClients } from './context.tsx'

/** What changes all the time is asked for again no more often than this. */
const ASK_AGAIN_MS = 1_000

export type Answer<Value> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly value: Value }
  | { readonly status: 'failed'; readonly message: string }

export interface Asked<Value> {
  readonly state: Answer<Value>
  retry(): void
}

/**
 * @param key names what is asked for: another key forgets the answer
 * @param version while it changes the answer stays until a newer one is here
 */
export function useAsked<Value>(
  key: string,
  ask: (clients: Clients) => Promise<Value>,
  version: string | number = '',
): Asked<Value> {
  const clients = useClients()
  const [answer, setAnswer] = useState<{ key: string; state: Answer<Value> }>()
  const [attempt, setAttempt] = useState(0)
  const paced = usePaced(version)
  const newest = useRef({ key, asked: 0, answered: 0 })
  const start = useEffectEvent(() => {
    if (newest.current.key !== key) newest.current = { key, asked: 0, answered: 0 }
    const mine = newest.current
    mine.asked += 1
    const turn = mine.asked
    const settle = (state: Answer<Value>): void => {
      if (newest.current !== mine || turn < mine.answered) return
      mine.answered = turn
      setAnswer({ key, state })
    }
    ask(clients).then(
      (value) => settle({ status: 'ready', value }),
      (error: unknown) => settle({ status: 'failed', message: sentenceOf(error) }),
    )
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are the reasons to ask
  useEffect(() => start(), [key, paced, attempt])
  return {
    state: answer?.key === key ? answer.state : { status: 'loading' },
    retry: () => {
      setAnswer(undefined)
      setAttempt((before) => before + 1)
    },
  }
}

/** The value, changed at most once in `ASK_AGAIN_MS`; the last change always arrives. */
function usePaced<Value>(value: Value): Value {
  const [paced, setPaced] = useState({ value, at: 0 })
  useEffect(() => {
    if (value === paced.value) return
    const wait = Math.max(0, paced.at + ASK_AGAIN_MS - Date.now())
    const timer = setTimeout(() => setPaced({ value, at: Date.now() }), wait)
    return () => clearTimeout(timer)
  }, [value, paced])
  return paced.value
}
