/** What can be set about the wallet, and its upkeep. */
import { Download, FolderArchive, KeyRound, PackageOpen, RefreshCcw, Telescope, Upload } from 'lucide-react'
import { type ChangeEvent, type ReactNode, useRef } from 'react'
import { useApp, useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { firstOf, useClients, useSettings } from '../../client/context.tsx'
import type { WalletInfo } from '../../client/types.ts'
import { NETWORK_WORDS } from '../../explorer/chain/chain-words.ts'
import { NumberSetting } from '../../settings/number-setting.tsx'
import { Section } from '../../settings/section.tsx'
import { Fact } from '../../torrents/details/facts.tsx'
import { Button } from '../../ui/button.tsx'
import { formatCount, formatDate, formatPlural } from '../../ui/format.ts'
import { useConfirmWords } from '../setup/use-confirm-words.ts'

const MAX_LABELS_FILE = 16_000_000
const FURTHER = 100

export function WalletSettings({ info }: { info: WalletInfo }): ReactNode {
  return (
    <div className="h-full overflow-y-auto">
      <div className="flex max-w-190 flex-col divide-y divide-line px-6">
        <Keys info={info} />
        <Locking />
        <Finding info={info} />
        <Labels />
        <Keeping />
        <Facts info={info} />
      </div>
    </div>
  )
}

function Keys({ info }: { info: WalletInfo }): ReactNode {
  const confirmWords = useConfirmWords(info)
  const ask = useApp((state) => state.ask)
  return (
    <Section title="Password and words" about="The password opens this machine's copy. The words bring back the coins.">
      <div className="flex flex-wrap gap-2">
        <Button icon={KeyRound} onClick={() => ask({ kind: 'wallet-password' })}>
          Change the password…
        </Button>
        {!info.wordsConfirmed && (
          <Button look="primary" onClick={confirmWords}>
            Confirm your words…
          </Button>
        )}
      </div>
      {info.wordsConfirmed && <p className="text-muted">The words are confirmed: you have shown that you have them.</p>}
    </Section>
  )
}

function Locking(): ReactNode {
  const { settings: client } = useClients()
  const settings = firstOf(useSettings())
  const problem = useToasts((toasts) => toasts.problem)
  if (!settings) return null
  return (
    <Section title="Locking" about="While it is locked no key is in memory. Receiving and mining go on.">
      <NumberSetting
        label="Lock the wallet after, in minutes"
        hint="Counted from when it was unlocked."
        value={settings.walletLockAfter}
        min={1}
        max={1_440}
        onSave={(walletLockAfter) => {
          client.set({ walletLockAfter }).catch((error: unknown) => problem(sentenceOf(error)))
        }}
      />
    </Section>
  )
}

/** Does what was pressed, and says that it is done or why not. */
function useDone() {
  const done = useToasts((toasts) => toasts.done)
  const problem = useToasts((toasts) => toasts.problem)
  return (act: () => Promise<string | undefined>): void => {
    act().then(
      (said) => said !== undefined && done(said),
      (error: unknown) => problem(sentenceOf(error)),
    )
  }
}

function Finding({ info }: { info: WalletInfo }): ReactNode {
  const { wallet } = useClients()
  const ask = useApp((state) => state.ask)
  const perform = useDone()
  const scanning = info.scan.progress !== undefined
  return (
    <Section title="Finding coins" about="What the wallet knows of the chain can always be worked out again from it.">
      <div>
        <Button
          icon={Telescope}
          onClick={() =>
            perform(async () => {
              await wallet.lookFurther({ more: FURTHER })
              return `Looking ${FURTHER} addresses further.`
            })
          }
        >
          Look further
        </Button>
        <p className="mt-1 text-caption text-muted">
          Twenty unused addresses in a row end the search. Where another program has left larger gaps, look{' '}
          {formatCount(FURTHER)} further.
        </p>
      </div>
      <div>
        <Button icon={RefreshCcw} disabled={scanning} onClick={() => ask({ kind: 'wallet-rescan' })}>
          {scanning ? 'Scanning…' : 'Rescan…'}
        </Button>
        <p className="mt-1 text-caption text-muted">
          Looks through the chain again, where something seems to be missing.
        </p>
      </div>
    </Section>
  )
}

function Labels(): ReactNode {
  const { wallet, app } = useClients()
  const perform = useDone()
  const file = useRef<HTMLInputElement>(null)
  const save = async (): Promise<string | undefined> => {
    const { text } = await wallet.exportLabels()
    const { path } = await app.saveText({ title: 'Export the labels', name: 'shoal-labels.jsonl', text })
    return path === undefined ? undefined : `Saved ${path}.`
  }
  const take = async (chosen: File): Promise<string> => {
    if (chosen.size > MAX_LABELS_FILE)
      throw new Error(`${chosen.name} is larger than 16 MB, which no file of labels is. Choose another one.`)
    const { taken, ignored } = await wallet.importLabels({ text: await chosen.text() })
    const left = ignored > 0 ? ` ${formatPlural(ignored, 'line')} could not be used.` : ''
    return `${formatPlural(taken, 'label')} taken.${left}`
  }
  const onChange = (event: ChangeEvent<HTMLInputElement>): void => {
    const [chosen] = event.target.files ?? []
    event.target.value = ''
    if (chosen) perform(() => take(chosen))
  }
  return (
    <Section title="Labels" about="In the form that other wallets read and write, too (BIP 329).">
      <div className="flex flex-wrap gap-2">
        <Button icon={Download} onClick={() => perform(save)}>
          Export labels…
        </Button>
        <Button icon={Upload} onClick={() => file.current?.click()}>
          Import labels…
        </Button>
        <input
          ref={file}
          type="file"
          accept=".jsonl,.json,.txt"
          aria-label="File of labels"
          tabIndex={-1}
          className="sr-only"
          onChange={onChange}
        />
      </div>
    </Section>
  )
}

function Keeping(): ReactNode {
  const { wallet, app } = useClients()
  const ask = useApp((state) => state.ask)
  const perform = useDone()
  const backUp = async (): Promise<string | undefined> => {
    const { path } = await app.chooseSavePath({ title: 'Back up the wallet', name: 'shoal-wallet.db' })
    if (path === undefined) return undefined
    await wallet.backup({ path })
    return `Saved ${path}. It opens with the password as it is now.`
  }
  return (
    <Section title="Keeping it" about="A backup also holds labels and contacts, which the words do not bring back.">
      <div className="flex flex-wrap gap-2">
        <Button icon={FolderArchive} onClick={() => perform(backUp)}>
          Back up…
        </Button>
        <Button icon={PackageOpen} onClick={() => ask({ kind: 'wallet-put-aside' })}>
          Put this wallet aside…
        </Button>
      </div>
    </Section>
  )
}

function Facts({ info }: { info: WalletInfo }): ReactNode {
  return (
    <Section title="This wallet" about="What it is and how far it has looked.">
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4">
        <Fact name="Network">{NETWORK_WORDS[info.network]}</Fact>
        <Fact name="Made">{info.birthday === undefined ? 'not known' : formatDate(info.birthday * 1_000)}</Fact>
        <Fact name="Transactions">{formatCount(info.transactions)}</Fact>
        <Fact name="Looked at">
          block {formatCount(info.scan.height)} of {formatCount(info.scan.target)}
        </Fact>
        <Fact name="Addresses">P2WPKH, BIP 84</Fact>
      </dl>
    </Section>
  )
}
