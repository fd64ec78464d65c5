import { type RefObject, useEffect, useState } from 'react'

const BEFORE_MEASURED_PX = 1_000

/** The inner width of an element, followed as it changes. */
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(BEFORE_MEASURED_PX)
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = (): void => setWidth(element.clientWidth || BEFORE_MEASURED_PX)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
  return width
}
