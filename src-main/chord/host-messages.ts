/**
 * What hosts ask each other besides the questions about the ring (`messages.ts`): to find a ring, to be reached, to pass a
 * lookup on, and to read, write and copy what is stored. Each is for a host as a whole.
 *
 * Who may ask: `hello`, `reach`, `forward`, `read`, `write` and `announce` anybody; `signal`, `range`, `copies` and `store` only hosts
 * with a place that answered us from there; those but the first move what a ring stores between its members.
 */
import type { Item } from '../kernel/key-value-store.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { ChordContact } from './contact.ts'
import type { RingId } from './ring-id.ts'

/** (`after`, `upTo`] clockwise; the whole ring where both are one. */
export interface KeyRange {
  readonly after: RingId
  readonly upTo: RingId
}

/** An item on its way between members, with the time since its owner put it. */
export interface CopiedItem {
  readonly item: Item
  /** Seconds since it was put. */
  readonly age: number
}

/** A peer of an info-hash on its way between members. */
export interface CopiedPeer {
  readonly endpoint: Endpoint
  readonly seed: boolean
  /** Seconds since it was announced. */
  readonly age: number
}

export type HostQuestion =
  /** Who is there, and whom do you know? */
  | { readonly kind: 'hello' }
  /** Have another host send us a `ping`, so that we learn whether strangers reach us. `port`: where ours listens. */
  | { readonly kind: 'reach'; readonly port: number }
  /** From a member that was asked to `reach` somebody: send a `ping` there, where you have sent nothing of late. */
  | { readonly kind: 'signal'; readonly to: Endpoint }
  /** On behalf of `reach`: a sign for whoever listens there. Answered like any ping. */
  | { readonly kind: 'ping' }
  /** A recursive lookup passed on: at most `steps` more. */
  | { readonly kind: 'forward'; readonly target: RingId; readonly steps: number }
  /** `seq`: wants a mutable item only where it is newer. `peers`: wants peers of the info-hash, not an item. */
  | {
      readonly kind: 'read'
      readonly key: RingId
      readonly seq?: bigint
      readonly peers?: { readonly noSeeds: boolean }
      /** Of the virtual node that is to hold it: refused where there is none in that slot any more. */
      readonly slot?: number
      /** Of an earlier answer: then an item too large for strangers may come. */
      readonly token?: Uint8Array
    }
  /** To the owner, which copies it to its replicas before it answers. */
  | { readonly kind: 'write'; readonly item: Item; readonly cas?: bigint; readonly token: Uint8Array }
  | {
      readonly kind: 'announce'
      readonly infoHash: RingId
      readonly port: number | 'implied'
      readonly seed: boolean
      readonly token: Uint8Array
    }
  /** For the hashes of a range of keys: of each sixteenth of it, or of each key where they are few. */
  | { readonly kind: 'range'; readonly range: KeyRange }
  /** For items and peers of a range, those after `from` first, as many as fit. */
  | { readonly kind: 'copies'; readonly range: KeyRange; readonly from?: RingId }
  /** A copy for you to keep, as owner or as replica. */
  | { readonly kind: 'store'; readonly copies: readonly CopiedItem[] }
  | { readonly kind: 'storePeers'; readonly infoHash: RingId; readonly peers: readonly CopiedPeer[] }

/** A key and the first 8 bytes of a hash over the item's version. */
export interface KeyDigest {
  readonly key: RingId
  readonly digest: Uint8Array
}

export type HostAnswer =
  | {
      readonly kind: 'hello'
      /** Members of the host itself first, then others that it knows. */
      readonly members: readonly ChordContact[]
    }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'forward'
      /** The owner and those behind it; empty where nobody could tell. */
      readonly owners: readonly ChordContact[]
      readonly hops: number
    }
  | {
      readonly kind: 'read'
      readonly token: Uint8Array
      readonly item?: Item
      /** There is an item, too large for whom has not proven to be at its address: asked with the token, it comes. */
      readonly isTooLarge?: true
      /** Of an item that the asker has already. */
      readonly seq?: bigint
      readonly peers?: readonly Endpoint[]
    }
  | { readonly kind: 'written'; readonly stored: number }
  | {
      readonly kind: 'range'
      /** 8 bytes each, of the sixteenths in order; zeros for an empty one. */
      readonly parts?: readonly Uint8Array[]
      readonly keys?: readonly KeyDigest[]
    }
  | {
      readonly kind: 'copies'
      readonly items: readonly CopiedItem[]
      readonly peers: readonly { readonly infoHash: RingId; readonly peers: readonly CopiedPeer[] }[]
      /** Where to go on; undefined where that was all. */
      readonly next: RingId | undefined
    }
  /** BEP 44's codes, and 202 where there is no room, 203 for a bad token or one who may not ask this. */
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }

export interface HostCallbacks {
  answered(answer: HostAnswer): void
  missed(): void
}

/** How a host asks another. None of the callbacks is called from within. */
export interface HostPort {
  ask(to: Endpoint, question: HostQuestion, callbacks: HostCallbacks): void
}
