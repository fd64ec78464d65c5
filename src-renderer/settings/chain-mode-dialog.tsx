import { type ReactNode, useState } from 'react'
import { useToasts } from '../app/context.tsx'
import { sentenceOf } from '../client/client-error.ts'
import { useClients } from '../client/context.tsx'
import type { ChainMode, ModeCost } from '../client/types.ts'
import { useAsked } from '../client/use-asked.ts'
import { MODE_WORDS } from '../explorer/chain/chain-words.ts'
import { Fact } from '../torrents/details/facts.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { formatBytes, formatCount } from '../ui/format.ts'
import { Notice } from '../ui/notice.tsx'

/** Says what a change of mode costs, as the engine works it out, and asks. */
export default function ChainModeDialog(props: { mode: ChainMode; onClose: () => void }): ReactNode {
  const { mode, onClose } = props
  const { chain } = useClients()
  const done = useToasts((toasts) => toasts.done)
  const asked = useAsked(`cost of ${mode}`, (clients) => clients.chain.modeCost({ mode }))
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState('')
  const change = async (): Promise<void> => {
    if (busy || asked.state.status !== 'ready') return
    setBusy(true)
    try {
      await chain.setMode({ mode })
      done(`The mode of the chain is ${MODE_WORDS[mode].toLowerCase()} now.`)
      onClose()
    } catch (error) {
      setRefusal(sentenceOf(error))
      setBusy(false)
    }
  }
  return (
    <Dialog
      role="alertdialog"
      width="narrow"
      title={`Change the mode to ${MODE_WORDS[mode].toLowerCase()}?`}
      onClose={onClose}
      onSubmit={() => void change()}
      footer={
        <>
          <Button data-autofocus="" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" look="primary" disabled={busy || asked.state.status !== 'ready'}>
            Change the mode
          </Button>
        </>
      }
    >
      <div className="flex min-h-16 flex-col gap-3">
        {asked.state.status === 'ready' && <Cost cost={asked.state.value} />}
        {asked.state.status === 'loading' && (
          <p role="status" className="text-muted">
            Working out what it costs…
          </p>
        )}
        {asked.state.status === 'failed' && <Notice tone="danger">{asked.state.message}</Notice>}
        {refusal && <Notice tone="danger">{refusal}</Notice>}
      </div>
    </Dialog>
  )
}

function Cost({ cost }: { cost: ModeCost }): ReactNode {
  return (
    <>
      <p>{cost.statement}</p>
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4">
        <Fact name="Becomes free">{cost.frees > 0 ? formatBytes(cost.frees) : 'nothing'}</Fact>
        <Fact name="To download">
          {cost.downloadBlocks > 0 ? `${formatCount(cost.downloadBlocks)} blocks` : 'nothing'}
        </Fact>
      </dl>
    </>
  )
}
