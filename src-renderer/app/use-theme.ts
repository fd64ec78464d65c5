import { useEffect } from 'react'
import { firstOf, useSettings } from '../client/context.tsx'

const ROW_HEIGHT = { compact: 32, comfortable: 40 } as const

/** Forces light or dark where the settings say so; else the system decides. */
export function useTheme(): void {
  const theme = firstOf(useSettings())?.theme
  useEffect(() => {
    const root = document.documentElement
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
    else delete root.dataset.theme
  }, [theme])
}

/** Height of a table's row in pixels. */
export function useRowHeight(): number {
  return ROW_HEIGHT[firstOf(useSettings())?.density ?? 'compact']
}
