import type { Trash } from '../kernel/files.ts'

/** The desktop's trash by its own rules (freedesktop.org, macOS, Windows). Without a window; the window has a way of its own. */
export function createTrash(): Trash {
  return {
    move: async (path) => {
      const { default: moveToTrash } = await import('trash')
      await moveToTrash(path, { glob: false })
    },
  }
}
