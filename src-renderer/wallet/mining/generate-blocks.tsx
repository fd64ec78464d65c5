/** Blocks at once, on the local network, where they cost nothing. */
import { Hammer } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import { readNumber } from '../../settings/number-setting.tsx'
import { Button } from '../../ui/button.tsx'
import { Field, TextInput } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'

const MOST = 10_000

export function GenerateBlocks(): ReactNode {
  const { miner } = useClients()
  const done = useToasts((state) => state.done)
  const [typed, setTyped] = useState('1')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const count = readNumber(typed, 1, MOST)
    if (typeof count === 'string') return setProblem(count)
    if (busy) return
    setBusy(true)
    setProblem(undefined)
    try {
      const { blocks } = await miner.generate({ blocks: count })
      done(`Generated ${formatPlural(blocks.length, 'block')}.`)
    } catch (error) {
      setProblem(sentenceOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form noValidate aria-label="Generate blocks" onSubmit={(event) => void submit(event)}>
      <Field label="Blocks at once" hint="On the local network only, paid to the address above." error={problem}>
        {(wiring) => (
          <div className="flex gap-2">
            <TextInput
              {...wiring}
              inputMode="numeric"
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value)
                setProblem(undefined)
              }}
              className="max-w-20"
            />
            <Button type="submit" icon={Hammer} disabled={busy}>
              {busy ? 'Generating…' : 'Generate blocks'}
            </Button>
          </div>
        )}
      </Field>
    </form>
  )
}
