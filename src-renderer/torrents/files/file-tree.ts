/**
 * The files of a torrent as a tree of folders, as values. A torrent of more files than are listed has one further entry
 * for all the others. Nodes stand in the order in which they are shown, folders before files, names as people count.
 */
import { formatPlural } from '../../ui/format.ts'

export interface TreeFile {
  readonly path: string
  readonly size: number
}

export interface TreeNode {
  /** Its path, unique in the tree. */
  readonly key: string
  readonly name: string
  readonly kind: 'folder' | 'file' | 'others'
  /** 0 for those at the top. */
  readonly depth: number
  readonly parent: string | undefined
  /** Its place among its siblings, from 1, and how many they are. */
  readonly place: number
  readonly siblings: number
  readonly size: number
  /** Numbers of the files in it. */
  readonly files: readonly number[]
  /** Place in the list of nodes behind its last descendant. */
  readonly end: number
}

interface Folder {
  readonly folders: Map<string, Folder>
  readonly files: { name: string; index: number }[]
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
/** No path of a file: those have no empty parts. */
export const OTHERS_KEY = '//'

/** @param fileCount all files of the torrent; those beyond `files` are one entry of `otherSize` bytes */
export function buildTree(files: readonly TreeFile[], fileCount = files.length, otherSize = 0): readonly TreeNode[] {
  const top: Folder = { folders: new Map(), files: [] }
  for (const [index, { path }] of files.entries()) place(top, path.split('/'), index)
  const others = fileCount - files.length
  const nodes: Writable<TreeNode>[] = []
  const inTop = append(nodes, top, files, undefined, others > 0 ? 1 : 0)
  if (others > 0) {
    nodes.push({
      key: OTHERS_KEY,
      name: formatPlural(others, 'more file'),
      kind: 'others',
      depth: 0,
      parent: undefined,
      place: inTop,
      siblings: inTop,
      size: otherSize,
      files: Array.from({ length: others }, (_, n) => files.length + n),
      end: nodes.length + 1,
    })
  }
  return nodes
}

type Writable<Node> = { -readonly [Key in keyof Node]: Node[Key] }

function place(top: Folder, parts: readonly string[], index: number): void {
  let folder = top
  for (const part of parts.slice(0, -1)) {
    const known = folder.folders.get(part) ?? { folders: new Map(), files: [] }
    folder.folders.set(part, known)
    folder = known
  }
  folder.files.push({ name: parts.at(-1) ?? '', index })
}

/** Appends what is in a folder; returns how many entries it has, `more` among them. */
function append(
  nodes: Writable<TreeNode>[],
  folder: Folder,
  files: readonly TreeFile[],
  parent: TreeNode | undefined,
  more: number,
): number {
  const siblings = folder.folders.size + folder.files.length + more
  const depth = parent ? parent.depth + 1 : 0
  let at = 1
  const entry = (name: string, kind: TreeNode['kind']): Writable<TreeNode> => ({
    key: parent ? `${parent.key}/${name}` : name,
    name,
    kind,
    depth,
    parent: parent?.key,
    place: at++,
    siblings,
    size: 0,
    files: [],
    end: 0,
  })
  for (const [name, inner] of [...folder.folders].sort(([a], [b]) => byName.compare(a, b))) {
    const node = entry(name, 'folder')
    const start = nodes.push(node)
    append(nodes, inner, files, node, 0)
    const within = nodes.slice(start).filter(({ kind }) => kind === 'file')
    node.size = within.reduce((sum, { size }) => sum + size, 0)
    node.files = within.flatMap((file) => file.files)
    node.end = nodes.length
  }
  for (const { name, index } of folder.files.sort((a, b) => byName.compare(a.name, b.name))) {
    // A name may be there as a folder and as a file, or twice: the number tells them apart.
    const node = { ...entry(name, 'file'), size: files[index]?.size ?? 0, files: [index] }
    nodes.push({ ...node, key: `${node.key}#${index}`, end: nodes.length + 1 })
  }
  return siblings
}

/** The nodes to show: those within a closed folder are left out. */
export function openNodes(nodes: readonly TreeNode[], closed: ReadonlySet<string>): readonly TreeNode[] {
  const shown: TreeNode[] = []
  for (let at = 0; at < nodes.length; ) {
    const node = nodes[at] as TreeNode
    shown.push(node)
    at = closed.has(node.key) ? node.end : at + 1
  }
  return shown
}

/** Beyond this many entries a tree starts with its folders closed, but for one that holds everything. */
const OPEN_AT_FIRST = 60

export function closedAtFirst(nodes: readonly TreeNode[]): ReadonlySet<string> {
  if (nodes.length <= OPEN_AT_FIRST) return new Set()
  const folders = nodes.filter(({ kind, siblings }) => kind === 'folder' && siblings > 1)
  return new Set(folders.map(({ key }) => key))
}

export type Checked = 'all' | 'some' | 'none'

export function checkedOf(node: TreeNode, wanted: ReadonlySet<number>): Checked {
  let count = 0
  for (const file of node.files) if (wanted.has(file)) count += 1
  return count === 0 ? 'none' : count === node.files.length ? 'all' : 'some'
}

/** What is wanted after a press on the node's box: all of it, or none of it where all was. */
export function toggleNode(wanted: ReadonlySet<number>, node: TreeNode): ReadonlySet<number> {
  const next = new Set(wanted)
  const take = checkedOf(node, wanted) !== 'all'
  for (const file of node.files) {
    if (take) next.add(file)
    else next.delete(file)
  }
  return next
}
