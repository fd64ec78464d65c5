/** Opens an example once, and keeps it open while other pages are shown. */
import { useEffect, useRef, useState } from 'react'
import { useApp, useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { DemonstrationAction } from '../../client/types.ts'

export type ExampleName = 'chord' | 'kademlia'

export interface OpenExample {
  readonly id: string | undefined
  /** Why it could not be opened. */
  readonly problem: string | undefined
  /** Opens it anew. */
  reopen(): void
}

export function useOpenExample(example: ExampleName): OpenExample {
  const { demonstration } = useClients()
  const id = useApp((state) => state.openExamples[example])
  const keep = useApp((state) => state.keepExample)
  const [problem, setProblem] = useState<string>()
  const asked = useRef<ExampleName>(undefined)
  useEffect(() => {
    if (id !== undefined || problem !== undefined || asked.current === example) return
    asked.current = example
    demonstration
      .open({ example })
      .then(
        (opened) => keep(example, opened.id),
        (error: unknown) => setProblem(sentenceOf(error)),
      )
      .finally(() => {
        asked.current = undefined
      })
  }, [demonstration, example, id, keep, problem])
  const reopen = (): void => {
    setProblem(undefined)
    keep(example, undefined)
  }
  return { id, problem, reopen }
}

/** Does something in it; what is refused is told. */
export function useAct(id: string): (action: DemonstrationAction) => void {
  const { demonstration } = useClients()
  const tell = useToasts((state) => state.problem)
  return (action) => void demonstration.act({ id, action }).catch((error: unknown) => tell(sentenceOf(error)))
}
