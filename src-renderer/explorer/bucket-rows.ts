/** The buckets of a routing table as the rows of a tree, and what a key does in it. */
import type { BucketView, OverlayNode, TableContact } from '../client/types.ts'
import { leadingBits } from './distance.ts'

export interface BucketRow {
  readonly kind: 'bucket'
  readonly id: string
  readonly bucket: BucketView
  /** The bucket that our own id falls into. */
  readonly home: boolean
  readonly open: boolean
  readonly position: number
  readonly of: number
}

export interface ContactTreeRow {
  readonly kind: 'contact'
  readonly id: string
  readonly contact: TableContact
  readonly bucketId: string
  readonly position: number
  readonly of: number
}

export type TreeRow = BucketRow | ContactTreeRow

export const bucketId = (bucket: BucketView): string => `bucket ${bucket.depth}`

/** The rows in view: every bucket, and under each open one its nodes. */
export function treeRows(buckets: readonly BucketView[], open: ReadonlySet<string>): readonly TreeRow[] {
  return buckets.flatMap((bucket, index): TreeRow[] => {
    const id = bucketId(bucket)
    const isOpen = open.has(id) && bucket.contacts.length > 0
    const home = index === buckets.length - 1
    const row: BucketRow = { kind: 'bucket', id, bucket, home, open: isOpen, position: index + 1, of: buckets.length }
    if (!isOpen) return [row]
    const of = bucket.contacts.length
    return [
      row,
      ...bucket.contacts.map(
        (contact, place): ContactTreeRow => ({
          kind: 'contact',
          id: `${id} ${contact.nodeId} ${contact.address}`,
          contact,
          bucketId: id,
          position: place + 1,
          of,
        }),
      ),
    ]
  })
}

/** The bits that all ids of a bucket begin with: as long as they are ours, then the one that differs. */
export interface Prefix {
  readonly shared: string
  /** Empty in the home bucket. */
  readonly differing: string
}

export function prefixOf(node: Pick<OverlayNode, 'nodeId'>, depth: number, home: boolean): Prefix {
  const shared = leadingBits(node.nodeId, depth)
  if (home) return { shared, differing: '' }
  return { shared, differing: leadingBits(node.nodeId, depth + 1).endsWith('1') ? '0' : '1' }
}

/** What a key asks of the tree: another row, or a bucket to be opened or closed. */
export type TreeStep =
  | { readonly active: string }
  | { readonly open: string }
  | { readonly close: string }
  | { readonly openAll: true }

/** The usual keys of a tree (WAI-ARIA): arrows, Home, End, Enter, Space, `*`. `page` is the number of rows in view. */
export function afterTreeKey(
  rows: readonly TreeRow[],
  active: string | undefined,
  key: string,
  page: number,
): TreeStep | undefined {
  const at = rows.findIndex((row) => row.id === active)
  const row = rows[at]
  const to = (index: number): TreeStep | undefined => {
    const target = rows[Math.min(rows.length - 1, Math.max(0, index))]
    return target && { active: target.id }
  }
  switch (key) {
    case 'ArrowDown':
      return to(at + 1)
    case 'ArrowUp':
      return to(at === -1 ? rows.length - 1 : at - 1)
    case 'PageDown':
      return to(at + page)
    case 'PageUp':
      return to(at - page)
    case 'Home':
      return to(0)
    case 'End':
      return to(rows.length - 1)
    case '*':
      return { openAll: true }
    case 'ArrowRight':
      return row?.kind !== 'bucket' ? undefined : row.open ? to(at + 1) : opened(row)
    case 'ArrowLeft':
      if (row?.kind === 'contact') return { active: row.bucketId }
      return row?.open ? { close: row.id } : undefined
    case 'Enter':
    case ' ':
      if (row?.kind !== 'bucket') return undefined
      return row.open ? { close: row.id } : opened(row)
    default:
      return undefined
  }
}

function opened(row: BucketRow): TreeStep | undefined {
  return row.bucket.contacts.length > 0 ? { open: row.id } : undefined
}
