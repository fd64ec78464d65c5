/** Goes through the steps of a lookup again, forwards and back, by itself where wanted. */
import { useEffect, useState } from 'react'

/** A step stands as long as it takes to read its line. */
export const STEP_MS = 900

export interface Walk {
  /** Steps that are shown; all of them where the walk is not stopped in between. */
  readonly shown: number
  readonly isPlaying: boolean
  readonly isAtEnd: boolean
  play(): void
  pause(): void
  first(): void
  back(): void
  forward(): void
}

/** @param total steps so far; more may come while a lookup runs */
export function useWalk(total: number): Walk {
  // Undefined: all that there are, and those that come.
  const [stop, setStop] = useState<number>()
  const [isPlaying, setPlaying] = useState(false)
  const shown = Math.min(stop ?? total, total)
  const isAtEnd = stop === undefined
  const go = (to: number): void => setStop(to >= total ? undefined : Math.max(0, to))
  useEffect(() => {
    if (!isPlaying) return
    const timer = setTimeout(() => {
      if (stop === undefined || stop + 1 >= total) {
        setStop(undefined)
        setPlaying(false)
      } else setStop(stop + 1)
    }, STEP_MS)
    return () => clearTimeout(timer)
  }, [isPlaying, stop, total])
  const pausing = (act: () => void) => (): void => {
    setPlaying(false)
    act()
  }
  return {
    ...{ shown, isPlaying, isAtEnd },
    play: () => {
      if (isAtEnd) setStop(0)
      setPlaying(true)
    },
    pause: pausing(() => {}),
    first: pausing(() => setStop(0)),
    back: pausing(() => go(shown - 1)),
    forward: pausing(() => go(shown + 1)),
  }
}
