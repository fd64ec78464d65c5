/** What a tree of files shows and what mouse and keyboard do to it. The rules are in `file-tree.ts` and `tree-keys.ts`. */
import { type KeyboardEvent, type MouseEvent, useState } from 'react'
import { closedAtFirst, openNodes, type TreeNode, toggleNode } from './file-tree.ts'
import { stepOf, TREE_KEYS } from './tree-keys.ts'

interface TreeInput {
  readonly wanted: ReadonlySet<number>
  readonly onWanted: ((wanted: ReadonlySet<number>) => void) | undefined
  /** Rows in view. */
  readonly page: () => number
  /** Brings the row at that place into view. */
  readonly show: (index: number) => void
}

/** Which folders are closed, and the nodes that are shown then. */
export function useFolds(nodes: readonly TreeNode[]) {
  const [closed, setClosed] = useState(() => closedAtFirst(nodes))
  const fold = (key: string, close: boolean): void => {
    const next = new Set(closed)
    if (close) next.add(key)
    else next.delete(key)
    setClosed(next)
  }
  return { closed, fold, shown: openNodes(nodes, closed) }
}

const nodeAt = (target: Element): string | undefined => target.closest<HTMLElement>('[data-node]')?.dataset.node

/** The row the keyboard stands on, and the handlers of the tree. */
export function useTreeInput(folds: ReturnType<typeof useFolds>, input: TreeInput) {
  const { closed, fold, shown } = folds
  const { wanted, onWanted } = input
  const [chosen, setActive] = useState<string>()
  const active = shown.some(({ key }) => key === chosen) ? chosen : shown[0]?.key
  return {
    active,
    onKeyDown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || !TREE_KEYS.has(event.key)) return
      event.preventDefault()
      event.stopPropagation()
      const step = stepOf(event.key, shown, active, closed, input.page())
      if (step?.kind === 'go') {
        setActive(step.key)
        input.show(shown.findIndex(({ key }) => key === step.key))
      } else if (step?.kind === 'toggle') onWanted?.(toggleNode(wanted, step.node))
      else if (step) fold(step.key, step.kind === 'close')
    },
    onClick(event: MouseEvent): void {
      const target = event.target as Element
      const key = nodeAt(target)
      const node = shown.find((one) => one.key === key)
      if (!node) return
      setActive(node.key)
      if (node.kind === 'folder' && target.closest('[data-fold]')) fold(node.key, !closed.has(node.key))
      else if (target.closest('[data-box]')) onWanted?.(toggleNode(wanted, node))
    },
    onDoubleClick(event: MouseEvent): void {
      const target = event.target as Element
      const key = nodeAt(target)
      if (key === undefined || target.closest('[data-fold], [data-box]')) return
      if (shown.some((node) => node.key === key && node.kind === 'folder')) fold(key, !closed.has(key))
    },
  }
}
