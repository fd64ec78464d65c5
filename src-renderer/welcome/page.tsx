/** The first run: where downloads go, and whether anything may leave this machine. Can be skipped; nothing leaves then. */
import { type ReactNode, useState } from 'react'
import { useToasts } from '../app/context.tsx'
import { Mark } from '../app/mark.tsx'
import { sentenceOf } from '../client/client-error.ts'
import { useClients } from '../client/context.tsx'
import type { Settings } from '../client/types.ts'
import { type Consent, NetworkConsent } from '../settings/network-consent.tsx'
import { FolderField, folderProblem, useFolder } from '../torrents/dialogs/folder-field.tsx'
import { Button } from '../ui/button.tsx'
import { Problem } from '../ui/field.tsx'

export default function WelcomePage({ settings }: { settings: Settings }): ReactNode {
  const [path, setPath] = useState(settings.downloadDirectory)
  const [consent, setConsent] = useState<Consent>()
  const [tried, setTried] = useState(false)
  const { busy, finish } = useFinish()
  const folder = useFolder(path)
  const problem = folderProblem(path, folder, 0)
  const start = (): void => {
    setTried(true)
    if (consent !== undefined && problem === undefined)
      void finish({ downloadDirectory: path, networkConsent: consent, welcomeDone: true })
  }
  return (
    <main className="flex h-full overflow-y-auto bg-canvas p-6">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          start()
        }}
        className="m-auto w-full max-w-140 rounded-lg bg-raised shadow-popover"
      >
        <header className="flex items-center gap-4 px-8 pt-8 pb-5">
          <Mark size={48} />
          <div>
            <h1 className="text-title font-semibold">Welcome to Shoal</h1>
            <p className="text-muted">Two questions, then it is ready. Both can be changed in Settings.</p>
          </div>
        </header>
        <div className="flex flex-col gap-5 px-8 pb-6">
          <FolderField
            label="Where do downloads go?"
            path={path}
            folder={folder}
            problem={problem}
            onChange={setPath}
          />
          <div>
            <h2 className="mb-1 font-medium">May Shoal use the network?</h2>
            <p className="mb-2 text-muted">Nothing has left this machine so far, and nothing will before you choose.</p>
            <NetworkConsent value={consent} onChange={setConsent} />
            {tried && consent === undefined && (
              <p className="mt-1 text-caption">
                <Problem>Choose one of the two, or skip this for now.</Problem>
              </p>
            )}
          </div>
        </div>
        <footer className="flex justify-end gap-2 rounded-b-lg border-t border-line bg-sunken px-8 py-4">
          <Button look="quiet" disabled={busy} onClick={() => void finish({ welcomeDone: true })}>
            Skip for now
          </Button>
          <Button type="submit" look="primary" disabled={busy}>
            Start
          </Button>
        </footer>
      </form>
    </main>
  )
}

function useFinish() {
  const { settings } = useClients()
  const problem = useToasts((toasts) => toasts.problem)
  const [busy, setBusy] = useState(false)
  const finish = async (changes: Partial<Settings>): Promise<void> => {
    if (busy) return
    setBusy(true)
    try {
      await settings.set(changes)
    } catch (error) {
      problem(sentenceOf(error))
      setBusy(false)
    }
  }
  return { busy, finish }
}
