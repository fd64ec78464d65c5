/** The places that we know of, in their order around the ring, and what points to each. */
import type { RingContact, RingHost, VirtualNode } from '../../client/types.ts'
import { turnOfHex } from './ring-geometry.ts'

export interface RingNode {
  /** Its place: nobody has the same. */
  readonly id: string
  readonly contact: RingContact
  readonly turn: number
  /** A virtual node of ours. */
  readonly own?: VirtualNode
  /** Milliseconds. */
  readonly rtt?: number
  /** Unix milliseconds. */
  readonly lastSeen?: number
}

/** Ours, the contacts, and those that ours point to; each once, clockwise from 0. */
export function nodesOf(host: RingHost): readonly RingNode[] {
  const nodes = new Map<string, RingNode>()
  const add = (contact: RingContact, more: Partial<RingNode> = {}): void => {
    if (!nodes.has(contact.nodeId))
      nodes.set(contact.nodeId, { id: contact.nodeId, contact, turn: turnOfHex(contact.nodeId), ...more })
  }
  for (const own of host.virtualNodes) add(own, { own })
  for (const { contact, rtt, lastSeen } of host.contacts)
    add(contact, { lastSeen, ...(rtt === undefined ? {} : { rtt }) })
  for (const { contact } of host.virtualNodes.flatMap(pointersOf)) add(contact)
  return [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

export type Pointer =
  | { readonly kind: 'predecessor'; readonly contact: RingContact }
  /** 1 for the first. */
  | { readonly kind: 'successor'; readonly rank: number; readonly contact: RingContact }
  | { readonly kind: 'finger'; readonly power: number; readonly contact: RingContact }

/** What a virtual node of ours points to. */
export function pointersOf({ predecessor, successors, fingers }: VirtualNode): readonly Pointer[] {
  return [
    { kind: 'predecessor', contact: predecessor },
    ...successors.map((contact, index): Pointer => ({ kind: 'successor', rank: index + 1, contact })),
    ...fingers.map(({ power, contact }): Pointer => ({ kind: 'finger', power, contact })),
  ]
}

/** `Predecessor`, `Successor 3`, `Finger 2^157`. */
export function pointerWords(pointer: Pointer): string {
  switch (pointer.kind) {
    case 'predecessor':
      return 'Predecessor'
    case 'successor':
      return `Successor ${pointer.rank}`
    case 'finger':
      return `Finger 2^${pointer.power}`
  }
}

/** How our places point to a node: `Successor 3 of slot 1`. */
export function pointedBy(host: RingHost, id: string): readonly string[] {
  return host.virtualNodes.flatMap((own) =>
    pointersOf(own)
      .filter(({ contact }) => contact.nodeId === id && own.nodeId !== id)
      .map((pointer) => `${pointerWords(pointer)} of slot ${own.slot}`),
  )
}

export type Step = 'next' | 'previous' | 'next-own' | 'previous-own' | 'first' | 'last'

/** The node that a key of the keyboard leads to; undefined where there is none. */
export function nodeAfter(nodes: readonly RingNode[], id: string | undefined, step: Step): RingNode | undefined {
  if (step === 'first') return nodes[0]
  if (step === 'last') return nodes.at(-1)
  const back = step === 'previous' || step === 'previous-own'
  const only = step === 'next-own' || step === 'previous-own'
  const at = nodes.findIndex((node) => node.id === id)
  for (let n = 1; n <= nodes.length; n++) {
    const index = at === -1 ? (back ? nodes.length - n : n - 1) : at + (back ? -n : n)
    const node = nodes[(index + nodes.length) % nodes.length]
    if (node && (!only || node.own)) return node
  }
  return undefined
}
