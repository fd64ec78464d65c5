/** Publishes a torrent under a link of ours that can be pointed elsewhere later (BEP 46), then shows the link. */
import { type ReactNode, useState } from 'react'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients, usePublications } from '../../client/context.tsx'
import type { PublicationRow, TorrentRow } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Choices, Field, Select, TextInput } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Published } from './published.tsx'

const MAX_NAME_LENGTH = 100
type Under = 'new' | 'existing'

export default function PublishDialog(props: { row: TorrentRow; onClose: () => void }): ReactNode {
  const { row, onClose } = props
  const feed = usePublications()
  const known = feed.state.status === 'ready' ? feed.state.items : []
  const [result, setResult] = useState<{ publication: string; magnet: string }>()
  if (result) {
    const link = known.find(({ id }) => id === result.publication)
    return <Published row={row} magnet={result.magnet} link={link} onClose={onClose} />
  }
  return <Form row={row} known={known} onPublished={setResult} onClose={onClose} />
}

interface FormProps {
  readonly row: TorrentRow
  readonly known: readonly PublicationRow[]
  readonly onPublished: (result: { publication: string; magnet: string }) => void
  readonly onClose: () => void
}

function Form({ row, known, onPublished, onClose }: FormProps): ReactNode {
  const [under, setUnder] = useState<Under>('new')
  const [name, setName] = useState(row.name.slice(0, MAX_NAME_LENGTH))
  const [chosen, setChosen] = useState<string>()
  const { busy, refusal, publish } = usePublish(row, onPublished)
  const [tried, setTried] = useState(false)
  const existing = known.find(({ id }) => id === chosen) ?? known[0]
  const submit = (): void => {
    setTried(true)
    if (under === 'existing') {
      if (existing) void publish({ publication: existing.id })
    } else if (name.trim() !== '') void publish({ name: name.trim() })
  }
  return (
    <Dialog
      title="Publish under a link"
      description={<bdi className="break-words">{row.name}</bdi>}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy}>
            {busy ? 'Publishing…' : 'Publish'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-pretty text-muted">
          Such a link is yours: you can point it to another torrent later, and everyone who follows it gets the new one.
          The DHT keeps it while Shoal runs.
        </p>
        {known.length > 0 && (
          <Choices<Under>
            legend="Which link"
            focusFirst
            inline
            value={under}
            onChange={setUnder}
            choices={[
              { value: 'new', label: 'A new one' },
              { value: 'existing', label: 'One of mine' },
            ]}
          />
        )}
        {under === 'existing' && existing ? (
          <ExistingField known={known} chosen={existing} onChange={setChosen} />
        ) : (
          <NameField name={name} autoFocus={known.length === 0} tried={tried} onChange={setName} />
        )}
        {refusal && <Notice tone="danger">{refusal}</Notice>}
      </div>
    </Dialog>
  )
}

function NameField(props: {
  name: string
  autoFocus: boolean
  tried: boolean
  onChange: (name: string) => void
}): ReactNode {
  const empty = props.tried && props.name.trim() === ''
  return (
    <Field
      label="Name of the link"
      hint="Only to tell your links apart; whoever follows it sees it too."
      error={empty ? 'Give the link a name.' : undefined}
    >
      {(wiring) => (
        <TextInput
          {...wiring}
          {...(props.autoFocus ? { 'data-autofocus': '' } : {})}
          maxLength={MAX_NAME_LENGTH}
          value={props.name}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

function ExistingField(props: {
  known: readonly PublicationRow[]
  chosen: PublicationRow
  onChange: (id: string) => void
}): ReactNode {
  return (
    <Field
      label="Link"
      hint={
        <>
          Points to <bdi>“{props.chosen.torrentName}”</bdi> now, and to this torrent from then on.
        </>
      }
    >
      {(wiring) => (
        <Select {...wiring} value={props.chosen.id} onChange={(event) => props.onChange(event.target.value)}>
          {props.known.map((link) => (
            <option key={link.id} value={link.id}>
              {link.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}

function usePublish(row: TorrentRow, onPublished: FormProps['onPublished']) {
  const { torrents } = useClients()
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState('')
  const publish = async (under: { name: string } | { publication: string }): Promise<void> => {
    if (busy) return
    setBusy(true)
    setRefusal('')
    try {
      onPublished(await torrents.publish({ id: row.id, under }))
    } catch (error) {
      setRefusal(sentenceOf(error))
      setBusy(false)
    }
  }
  return { busy, refusal, publish }
}
