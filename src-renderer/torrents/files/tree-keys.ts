/** What a key does in a tree (WAI-ARIA tree view), as a value. */
import type { TreeNode } from './file-tree.ts'

export type TreeStep =
  | { readonly kind: 'go'; readonly key: string }
  | { readonly kind: 'open' | 'close'; readonly key: string }
  | { readonly kind: 'toggle'; readonly node: TreeNode }

/**
 * @param shown the nodes that are shown, in order
 * @param active the key of the node the keyboard stands on
 * @param page how many nodes are in view
 */
export function stepOf(
  pressed: string,
  shown: readonly TreeNode[],
  active: string | undefined,
  closed: ReadonlySet<string>,
  page: number,
): TreeStep | undefined {
  const at = shown.findIndex(({ key }) => key === active)
  const node = shown[at]
  if (!node) return go(shown[0])
  const folder = node.kind === 'folder'
  switch (pressed) {
    case 'ArrowDown':
      return go(shown[at + 1])
    case 'ArrowUp':
      return go(shown[at - 1])
    case 'PageDown':
      return go(shown[Math.min(shown.length - 1, at + page)])
    case 'PageUp':
      return go(shown[Math.max(0, at - page)])
    case 'Home':
      return go(shown[0])
    case 'End':
      return go(shown.at(-1))
    case 'ArrowRight':
      if (!folder) return undefined
      return closed.has(node.key) ? { kind: 'open', key: node.key } : go(shown[at + 1])
    case 'ArrowLeft':
      if (folder && !closed.has(node.key)) return { kind: 'close', key: node.key }
      return node.parent === undefined ? undefined : { kind: 'go', key: node.parent }
    case ' ':
      return { kind: 'toggle', node }
    default:
      return undefined
  }
}

function go(node: TreeNode | undefined): TreeStep | undefined {
  return node && { kind: 'go', key: node.key }
}

/** Keys that a tree answers to. */
export const TREE_KEYS: ReadonlySet<string> = new Set([
  'ArrowDown',
  'ArrowUp',
  'ArrowLeft',
  'ArrowRight',
  'PageDown',
  'PageUp',
  'Home',
  'End',
  ' ',
])
