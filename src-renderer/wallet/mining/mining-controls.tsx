/** Starts, stops and adjusts mining. */
import { CircleStop, Pickaxe } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useApp, useToasts } from '../../app/context.tsx'
import { codeOf, sentenceOf } from '../../client/client-error.ts'
import { firstOf, useClients, useSettings, useWalletInfo } from '../../client/context.tsx'
import type { MinerStatus } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Field, TextInput } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { Slider } from '../../ui/slider.tsx'
import { pauseSentence, pausesBySetting, STATE_LOOKS } from './mining-words.ts'

/** What `CHAIN_OFF` and its like say is no fault of the address. */
const isOfAddress = (code: string): boolean => !code.startsWith('CHAIN_') && code !== 'UNEXPECTED'

export function MiningControls({ status }: { status: MinerStatus }): ReactNode {
  const { miner } = useClients()
  const known = firstOf(useSettings())?.minerAddress ?? ''
  const wallet = firstOf(useWalletInfo())
  const [typed, setTyped] = useState<string>()
  const [refusal, setRefusal] = useState<{ code: string; sentence: string }>()
  const [busy, setBusy] = useState(false)
  const running = status.state !== 'off'
  const ofWallet = status.paysTo === 'wallet'
  const address = running ? (status.address ?? known) : (typed ?? (ofWallet ? '' : (status.address ?? known)))
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setRefusal(undefined)
    try {
      const to = address.trim()
      await (running ? miner.stop() : miner.start(to === '' ? {} : { address: to }))
      setTyped(undefined)
    } catch (error) {
      setRefusal({ code: codeOf(error), sentence: sentenceOf(error) })
    } finally {
      setBusy(false)
    }
  }
  const wrongAddress = refusal && isOfAddress(refusal.code) ? refusal.sentence : undefined
  return (
    <form noValidate aria-label="Mining" onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <State status={status} busy={busy} />
      {refusal && wrongAddress === undefined && <Notice tone="danger">{refusal.sentence}</Notice>}
      <Field
        label="Address for rewards"
        hint={addressHint(running, ofWallet, wallet?.state === 'ready')}
        error={wrongAddress}
      >
        {(wiring) => (
          <TextInput
            {...wiring}
            value={address}
            readOnly={running}
            placeholder={wallet?.state === 'ready' ? 'This wallet' : 'Address'}
            onChange={(event) => {
              setTyped(event.target.value)
              setRefusal(undefined)
            }}
            className="font-mono text-[12px] read-only:bg-sunken placeholder:font-sans placeholder:text-body"
          />
        )}
      </Field>
      <Sliders status={status} />
    </form>
  )
}

function addressHint(running: boolean, ofWallet: boolean, hasWallet: boolean): string {
  if (running) return ofWallet ? 'An address of this wallet. Stop mining to change it.' : 'Stop mining to change it.'
  if (hasWallet) return 'Empty pays to this wallet. Another one is kept for the next start.'
  return 'One that you hold the key of. It is kept for the next start.'
}

/** How much of the machine is taken: counts at once. */
function Sliders({ status }: { status: MinerStatus }): ReactNode {
  const { miner } = useClients()
  const problem = useToasts((state) => state.problem)
  const adjust = (changes: { threads?: number; share?: number }): void => {
    miner.adjust(changes).catch((error: unknown) => problem(sentenceOf(error)))
  }
  return (
    <>
      <Slider
        label="Threads"
        value={status.threads}
        min={1}
        max={status.maxThreads}
        words={(threads) => `${threads} of ${formatPlural(status.maxThreads, 'thread')}`}
        onChange={(threads) => adjust({ threads })}
      />
      <Slider
        label="Share of each thread"
        value={status.share}
        min={5}
        max={100}
        step={5}
        words={(share) => `${share} % of the time`}
        hint="Counts at once, also while mining. Less is cooler and quieter."
        onChange={(share) => adjust({ share })}
      />
    </>
  )
}

function State({ status, busy }: { status: MinerStatus; busy: boolean }): ReactNode {
  const { word, icon: Icon, ink } = STATE_LOOKS[status.state]
  const why = pauseSentence(status)
  const running = status.state !== 'off'
  const go = useApp((state) => state.go)
  return (
    <div>
      <div className="flex items-center gap-3">
        <span role="status" className="flex grow items-center gap-2 text-title font-semibold">
          <Icon size={16} aria-hidden className={cx('shrink-0', ink)} />
          {word}
        </span>
        <Button
          type="submit"
          look={running ? 'secondary' : 'primary'}
          icon={running ? CircleStop : Pickaxe}
          disabled={busy}
        >
          {running ? 'Stop mining' : 'Start mining'}
        </Button>
      </div>
      {why && <p className="mt-1 text-pretty text-muted">{why}</p>}
      {pausesBySetting(status) && (
        <Button look="quiet" className="-ml-3" onClick={() => go('settings')}>
          Change this in Settings
        </Button>
      )}
    </div>
  )
}
