import { type ReactNode, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { PublicationRow } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'

/** Confirms that the key of a link goes: nothing brings it back. */
export default function ForgetLinkDialog(props: { link: PublicationRow; onClose: () => void }): ReactNode {
  const { link, onClose } = props
  const { torrents } = useClients()
  const done = useToasts((toasts) => toasts.done)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState('')
  const forget = async (): Promise<void> => {
    if (busy) return
    setBusy(true)
    try {
      await torrents.unpublish({ publication: link.id })
      done(`Forgot the link “${link.name}”.`)
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
      title="Forget the key of this link?"
      description={<bdi className="break-words">{link.name}</bdi>}
      onClose={onClose}
      onSubmit={() => void forget()}
      footer={
        <>
          <Button data-autofocus="" onClick={onClose}>
            Keep it
          </Button>
          <Button type="submit" look="danger" disabled={busy}>
            Forget the key
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Notice tone="warning">
          This cannot be undone. The link can never be pointed to another torrent again, by you or by anyone, and the
          DHT forgets it within hours. Whoever follows it gets nothing new.
        </Notice>
        <p className="text-muted">The torrent stays in your list.</p>
        {refusal && <Notice tone="danger">{refusal}</Notice>}
      </div>
    </Dialog>
  )
}
