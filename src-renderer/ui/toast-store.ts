import { createStore, type StoreApi } from 'zustand/vanilla'

/** What can be done about what was just done: taking it back. */
export interface ToastAction {
  readonly label: string
  readonly run: () => void
}

export interface Toast {
  readonly id: number
  readonly tone: 'done' | 'problem'
  readonly text: string
  readonly action?: ToastAction
}

export interface ToastState {
  readonly toasts: readonly Toast[]
  /** Something was done: one short sentence, gone by itself. */
  done(text: string, action?: ToastAction): void
  /** Something failed: names the thing and the next step, stays until it is closed. */
  problem(text: string): void
  close(id: number): void
}

/** The oldest go first; more than this nobody reads. */
export const MAX_TOASTS = 4

export function createToastStore(): StoreApi<ToastState> {
  return createStore((set) => {
    let next = 1
    const add = (tone: Toast['tone'], text: string, action?: ToastAction): void => {
      const toast: Toast = { id: next++, tone, text, ...(action ? { action } : {}) }
      // The same problem again takes the place of the old one.
      set(({ toasts }) => ({ toasts: [...toasts.filter((old) => old.text !== text), toast].slice(-MAX_TOASTS) }))
    }
    return {
      toasts: [],
      done: (text, action) => add('done', text, action),
      problem: (text) => add('problem', text),
      close: (id) => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
    }
  })
}
