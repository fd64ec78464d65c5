/** Asks for three of the words by their places: proof that they were written down. */
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { sentenceOf } from '../../client/client-error.ts'
import { useVault } from '../../client/context.tsx'
import { useAttempt } from '../../client/use-attempt.ts'
import { Button } from '../../ui/button.tsx'
import { Field, TextInput } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormDialog } from '../dialogs/form-dialog.tsx'

const NO_WORDS = ['', '', ''] as const

export function ConfirmWords(props: {
  description: ReactNode
  /** What the button that leaves it for later says. */
  later: string
  onLater: () => void
  onDone: () => void
}): ReactNode {
  const vault = useVault()
  const { positions, failure, ask } = usePositions()
  const [words, setWords] = useState<readonly string[]>(NO_WORDS)
  const { busy, refusal, attempt } = useAttempt()
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // Also when another three are asked for.
    if (positions) first.current?.focus()
  }, [positions])
  const complete = words.every((word) => word.trim() !== '')
  const submit = async (): Promise<void> => {
    if (!complete || positions === undefined) return
    const given = words.map((word) => word.trim().toLowerCase())
    if (await attempt(() => vault.confirm({ words: given }))) {
      setWords(NO_WORDS)
      props.onDone()
    } else {
      // Another three are asked for after a wrong one.
      setWords(NO_WORDS)
      ask()
    }
  }
  return (
    <FormDialog
      title="Confirm your words"
      description={props.description}
      action="Confirm"
      leave={props.later}
      busy={busy}
      disabled={!complete || positions === undefined}
      refusal={refusal}
      onClose={props.onLater}
      onSubmit={() => void submit()}
    >
      {positions && (
        <div className="grid min-h-14 grid-cols-3 gap-3">
          {positions.map((position, n) => (
            <Field key={position} label={`Word ${position}`}>
              {(wiring) => (
                <TextInput
                  {...wiring}
                  {...(n === 0 ? { ref: first } : {})}
                  autoCapitalize="none"
                  maxLength={64}
                  value={words[n] ?? ''}
                  onChange={(event) => setWords(words.map((word, at) => (at === n ? event.target.value : word)))}
                />
              )}
            </Field>
          ))}
        </div>
      )}
      {failure && (
        <Notice tone="danger" action={<Button onClick={ask}>Try again</Button>}>
          {failure}
        </Notice>
      )}
    </FormDialog>
  )
}

/** Which three are asked for; the vault chooses. */
function usePositions() {
  const vault = useVault()
  const [asked, setAsked] = useState(0)
  const [positions, setPositions] = useState<readonly number[]>()
  const [failure, setFailure] = useState('')
  // biome-ignore lint/correctness/useExhaustiveDependencies: asking again is the reason
  useEffect(() => {
    let shown = true
    vault.challenge().then(
      (challenge) => {
        if (!shown) return
        setFailure('')
        setPositions(challenge.positions)
      },
      (error: unknown) => shown && setFailure(sentenceOf(error)),
    )
    return () => {
      shown = false
    }
  }, [vault, asked])
  return { positions, failure, ask: () => setAsked((before) => before + 1) }
}
