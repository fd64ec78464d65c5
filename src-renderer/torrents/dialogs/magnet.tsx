/** Takes magnet links that are typed or pasted; each is then asked about like any other torrent. */
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useApp } from '../../app/context.tsx'
import { addMagnets } from '../../app/state.ts'
import { useClients } from '../../client/context.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'
import { findMagnets } from '../magnets.ts'

export default function MagnetDialog(props: { text: string; onClose: () => void }): ReactNode {
  const ask = useApp((state) => state.ask)
  const [tried, setTried] = useState(false)
  const { text, setText, fromClipboard } = useLinkText(props.text)
  const links = findMagnets(text)
  const submit = (): void => {
    setTried(true)
    if (links.length === 0) return
    ask(...addMagnets(links))
    props.onClose()
  }
  return (
    <Dialog
      title="Add magnet link"
      description="A magnet link names a torrent. What is in it comes from the peers that have it."
      onClose={props.onClose}
      onSubmit={submit}
      footer={
        <>
          {links.length > 1 && <span className="mr-auto text-muted">{formatPlural(links.length, 'link')}</span>}
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Next
          </Button>
        </>
      }
    >
      <Field
        label="Magnet link"
        hint={
          fromClipboard
            ? 'Taken from the clipboard.'
            : 'It begins with “magnet:?”. For several, write one on each line.'
        }
        error={
          tried && links.length === 0 ? 'This is no magnet link. Copy the whole link, from “magnet:?” on.' : undefined
        }
      >
        {(wiring) => (
          <TextArea
            {...wiring}
            data-autofocus=""
            rows={4}
            value={text}
            placeholder="magnet:?xt=urn:btih:…"
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.shiftKey) return
              event.preventDefault()
              submit()
            }}
            className="break-all font-mono text-[12px]"
          />
        )}
      </Field>
    </Dialog>
  )
}

/** What is in the field: at first what the clipboard holds, where that is a link and nothing has been typed by then. */
function useLinkText(given: string) {
  const { app } = useClients()
  const [text, setText] = useState(given)
  const [copied, setCopied] = useState<string>()
  const typed = useRef(given !== '')
  useEffect(() => {
    if (typed.current) return
    app.readClipboard().then(
      ({ text: held }) => {
        const links = findMagnets(held).join('\n')
        if (links === '' || typed.current) return
        setText(links)
        setCopied(links)
      },
      // The field stays empty, which is what a person expects of a field.
      () => {},
    )
  }, [app])
  return {
    text,
    fromClipboard: copied !== undefined && copied === text,
    setText(next: string) {
      typed.current = true
      setText(next)
    },
  }
}
