import type { ReactNode } from 'react'
import { useApp } from '../app/context.tsx'
import { firstOf, useMiner } from '../client/context.tsx'
import { Button } from '../ui/button.tsx'
import { Checkbox } from '../ui/field.tsx'
import { NumberSetting } from './number-setting.tsx'
import { type Part, Section } from './section.tsx'
import { TextSetting } from './text-setting.tsx'

/** As many as the contract takes, where the machine has not said how many it has. */
const MOST_THREADS = 256

/** How mining starts. It is started, stopped and adjusted in the Wallet tab. */
export function MiningSettings({ settings, save }: Part): ReactNode {
  const most = firstOf(useMiner())?.maxThreads ?? MOST_THREADS
  const show = useApp((state) => state.showWallet)
  return (
    <Section title="Mining" about="Never starts by itself. It is started and stopped in the Wallet tab.">
      <TextSetting
        label="Address for rewards"
        hint="Empty pays to the wallet. Another one is checked when it is saved."
        placeholder="Address"
        value={settings.minerAddress}
        onSave={(minerAddress) => save({ minerAddress })}
      />
      <NumberSetting
        label="Threads"
        hint="For the next start. The Wallet tab adjusts them while mining."
        value={settings.minerThreads}
        min={1}
        max={Math.max(most, settings.minerThreads)}
        onSave={(minerThreads) => save({ minerThreads })}
      />
      <NumberSetting
        label="Share of each thread, in per cent"
        hint="Less is cooler and quieter."
        value={settings.minerShare}
        min={1}
        max={100}
        onSave={(minerShare) => save({ minerShare })}
      />
      <Checkbox
        label="Pause on battery"
        hint="Within ten seconds, and goes on once the machine is plugged in."
        checked={settings.minerPausesOnBattery}
        onChange={(minerPausesOnBattery) => save({ minerPausesOnBattery })}
      />
      <Checkbox
        label="Pause while I use this machine"
        checked={settings.minerPausesWhileActive}
        onChange={(minerPausesWhileActive) => save({ minerPausesWhileActive })}
      />
      <div>
        <Button onClick={() => show('mining')}>Show mining</Button>
      </div>
    </Section>
  )
}
