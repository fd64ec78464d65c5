import type { Unsubscribe } from '#shared/contract/service.ts'

/** Whether the window can be seen, with a grace before a hidden one counts as hidden. */
export interface Visibility {
  visible(): boolean
  watch(changed: () => void): Unsubscribe
}

/** A window hidden for less than this keeps its feeds: switching to and fro should cost nothing. */
export const HIDDEN_GRACE_MS = 15_000

export function documentVisibility(page: Document = document): Visibility {
  let visible = !page.hidden
  const watchers = new Set<() => void>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const set = (next: boolean): void => {
    if (visible === next) return
    visible = next
    for (const watcher of [...watchers]) watcher()
  }
  page.addEventListener('visibilitychange', () => {
    clearTimeout(timer)
    if (page.hidden) timer = setTimeout(() => set(false), HIDDEN_GRACE_MS)
    else set(true)
  })
  return {
    visible: () => visible,
    watch(changed) {
      watchers.add(changed)
      return () => watchers.delete(changed)
    },
  }
}
