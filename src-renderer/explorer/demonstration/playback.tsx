/** How time passes in an example: on and on, to the next event, or back to the beginning. */
import { Pause, Play, RotateCcw, StepForward } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { DemonstrationAction, DemonstrationPicture } from '../../client/types.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Select } from '../../ui/field.tsx'

const SPEEDS = [0.5, 1, 2, 4, 8] as const
export const USUAL_SPEED = 2

export function Playback(props: {
  picture: Pick<DemonstrationPicture, 'playing' | 'speed'>
  act: (action: DemonstrationAction) => void
  /** Whether single messages count as events. */
  routine: boolean
  /** Left out where there is one speed only. */
  hasSpeeds?: boolean
  stepName: string
  /** Nothing more happens. */
  isOver?: boolean
}): ReactNode {
  const { act, routine, hasSpeeds = true, stepName, isOver = false } = props
  const { playing } = props.picture
  const [speed, setSpeed] = useState<number>(playing ? props.picture.speed : USUAL_SPEED)
  const choose = (chosen: number): void => {
    setSpeed(chosen)
    if (playing) act({ kind: 'play', speed: chosen })
  }
  return (
    <div className="flex items-center gap-1.5">
      <Button
        look="primary"
        disabled={isOver}
        icon={playing ? Pause : Play}
        onClick={() => act(playing ? { kind: 'pause' } : { kind: 'play', speed: hasSpeeds ? speed : 1 })}
        className="w-20"
      >
        {playing ? 'Pause' : 'Play'}
      </Button>
      <Button icon={StepForward} disabled={isOver} title={stepName} onClick={() => act({ kind: 'step', routine })}>
        Step
      </Button>
      {hasSpeeds && (
        <div className="w-16">
          <Select
            aria-label="Speed"
            title="Simulated seconds in a second"
            value={speed}
            onChange={(event) => choose(Number(event.target.value))}
          >
            {SPEEDS.map((value) => (
              <option key={value} value={value}>
                {value} ×
              </option>
            ))}
          </Select>
        </div>
      )}
      <IconButton icon={RotateCcw} label="Back to the beginning" onClick={() => act({ kind: 'reset' })} />
    </div>
  )
}
