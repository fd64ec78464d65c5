import { type ReactNode, useState } from 'react'
import { useApp } from '../app/context.tsx'
import { sentenceOf } from '../client/client-error.ts'
import { useClients } from '../client/context.tsx'
import { TIP } from '../explorer/chain/places.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/notice.tsx'

/** Confirms that coins and indexes are worked out again, and shows the progress. */
export default function ChainRebuildDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { chain } = useClients()
  const show = useApp((state) => state.showChain)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState('')
  const rebuild = async (): Promise<void> => {
    if (busy) return
    setBusy(true)
    try {
      await chain.rebuild()
      onClose()
      show(TIP)
    } catch (error) {
      setRefusal(sentenceOf(error))
      setBusy(false)
    }
  }
  return (
    <Dialog
      role="alertdialog"
      width="narrow"
      title="Rebuild the chain?"
      onClose={onClose}
      onSubmit={() => void rebuild()}
      footer={
        <>
          <Button data-autofocus="" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" look="primary" disabled={busy}>
            Rebuild
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>
          Coins, undo data and indexes are worked out again from the blocks that are kept. No block is deleted; what a
          pruned node has dropped is downloaded again.
        </p>
        <p className="text-muted">
          It takes as long as checking the chain does. Torrents go on; mining and new blocks wait until it is done.
        </p>
        {refusal && <Notice tone="danger">{refusal}</Notice>}
      </div>
    </Dialog>
  )
}
