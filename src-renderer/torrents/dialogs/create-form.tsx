import { ChevronRight, File, Folder } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Checkbox, Field, Select, TextArea, TextInput } from '../../ui/field.tsx'
import { formatPieceLength } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { type CreationForm, type FormProblems, optionsOf, PIECE_LENGTHS, problemsOf } from './creation-form.ts'

interface CreateFormProps {
  readonly form: CreationForm
  readonly onForm: (form: CreationForm) => void
  readonly onStarted: (id: string) => void
  readonly onClose: () => void
}

type Change = (changes: Partial<CreationForm>) => void

export function CreateForm({ form, onForm, onStarted, onClose }: CreateFormProps): ReactNode {
  const { torrents } = useClients()
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState('')
  const problems = tried ? problemsOf(form) : {}
  const change: Change = (changes) => onForm({ ...form, ...changes })
  const submit = async (): Promise<void> => {
    setTried(true)
    if (busy || Object.keys(problemsOf(form)).length > 0) return
    setBusy(true)
    setRefusal('')
    try {
      onStarted((await torrents.create(optionsOf(form))).id)
    } catch (error) {
      setRefusal(sentenceOf(error))
      setBusy(false)
    }
  }
  return (
    <Dialog
      title="Create torrent"
      description="Makes a .torrent of a file or folder, so that others can download it from you."
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy}>
            Create
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <SourceField form={form} change={change} error={problems.path} />
        <Field
          label="Trackers"
          hint="One address a line. A blank line begins a tier that is asked only when the one above fails."
          error={problems.trackers}
        >
          {(wiring) => (
            <TextArea
              {...wiring}
              rows={3}
              placeholder="https://tracker.example/announce"
              value={form.trackers}
              onChange={(event) => change({ trackers: event.target.value })}
              className="font-mono text-[12px]"
            />
          )}
        </Field>
        <Checkbox
          label="Private"
          hint="Peers are found through the trackers above and no other way."
          checked={form.private}
          onChange={(on) => change({ private: on })}
        />
        <MoreOptions form={form} change={change} problems={problems} />
        {refusal && <Notice tone="danger">{refusal}</Notice>}
      </div>
    </Dialog>
  )
}

function SourceField(props: { form: CreationForm; change: Change; error: string | undefined }): ReactNode {
  const { app } = useClients()
  const [refusal, setRefusal] = useState<string>()
  const choose = async (ask: typeof app.chooseFile): Promise<void> => {
    setRefusal(undefined)
    try {
      const { path } = await ask({ title: 'What to share' })
      if (path !== undefined) props.change({ path })
    } catch (error) {
      setRefusal(sentenceOf(error))
    }
  }
  return (
    <Field label="File or folder" error={refusal ?? props.error}>
      {(wiring) => (
        <div className="flex gap-2">
          <TextInput
            {...wiring}
            data-autofocus=""
            placeholder="Drop it on the window, or choose it"
            value={props.form.path}
            onChange={(event) => props.change({ path: event.target.value })}
          />
          <Button icon={Folder} onClick={() => void choose(app.chooseFolder)}>
            Folder…
          </Button>
          <Button icon={File} onClick={() => void choose(app.chooseFile)}>
            File…
          </Button>
        </div>
      )}
    </Field>
  )
}

function MoreOptions(props: { form: CreationForm; change: Change; problems: FormProblems }): ReactNode {
  const { form, change, problems } = props
  return (
    <details className="group" open={problems.webSeeds !== undefined || undefined}>
      <summary className="flex w-fit list-none items-center gap-1 rounded-sm font-medium text-muted hover:text-text">
        <ChevronRight size={16} aria-hidden className="transition-transform duration-100 group-open:rotate-90" />
        More options
      </summary>
      <div className="mt-3 grid grid-cols-2 gap-4">
        <Field label="Piece size" hint="Automatic makes 1,000 to 2,000 pieces.">
          {(wiring) => (
            <Select
              {...wiring}
              value={form.pieceLength}
              onChange={(event) => change({ pieceLength: event.target.value })}
            >
              <option value="auto">Automatic</option>
              {PIECE_LENGTHS.map((bytes) => (
                <option key={bytes} value={bytes}>
                  {formatPieceLength(bytes)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Source" hint="A mark that some trackers ask for.">
          {(wiring) => (
            <TextInput
              {...wiring}
              maxLength={200}
              value={form.source}
              onChange={(event) => change({ source: event.target.value })}
            />
          )}
        </Field>
        <div className="col-span-2">
          <Field label="Comment">
            {(wiring) => (
              <TextInput
                {...wiring}
                maxLength={2_000}
                value={form.comment}
                onChange={(event) => change({ comment: event.target.value })}
              />
            )}
          </Field>
        </div>
        <div className="col-span-2">
          <Field label="Web seeds" hint="Web addresses that hold the same files, one a line." error={problems.webSeeds}>
            {(wiring) => (
              <TextArea
                {...wiring}
                rows={2}
                value={form.webSeeds}
                onChange={(event) => change({ webSeeds: event.target.value })}
                className="font-mono text-[12px]"
              />
            )}
          </Field>
        </div>
      </div>
    </details>
  )
}
