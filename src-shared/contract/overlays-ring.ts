/** Chord as the Explorer, the Peers tab and the command line see it. */
import { z } from 'zod'

/** 40 hex digits: a place on the ring, or a key. */
export const ringKey = z.string().regex(/^[0-9a-f]{40}$/)

/** A virtual node somewhere: its place, the address of its host and which of the host's 64 slots it has. */
export const ringContact = z.object({ nodeId: ringKey, address: z.string().max(64), slot: z.int().min(0).max(63) })
export type RingContact = z.infer<typeof ringContact>

/** A virtual node of ours. */
export const virtualNode = ringContact.extend({
  phase: z.enum(['joining', 'member', 'leaving']),
  predecessor: ringContact,
  /** Nearest first. */
  successors: z.array(ringContact).max(16),
  /** The distinct ones, nearest clockwise first; `power`: the lowest power of two that it stands for. */
  fingers: z.array(z.object({ power: z.int().min(0).max(159), contact: ringContact })).max(160),
  /** Keys of items and info-hashes that it owns. */
  keys: z.int(),
})
export type VirtualNode = z.infer<typeof virtualNode>

/** One host of ours on a ring: one socket, one address family. */
export const ringHost = z.object({
  family: z.union([z.literal(4), z.literal(6)]),
  listening: z.string(),
  /** How others see us, once it is known. */
  external: z.string().optional(),
  phase: z.enum(['stopped', 'joining', 'client', 'member', 'isolated']),
  /** Why it is a client: our address is not known yet, or nobody has reached it unasked. */
  missing: z.enum(['address', 'reach']).optional(),
  virtualNodes: z.array(virtualNode).max(64),
  /** Members of other hosts that we know. */
  contacts: z
    .array(
      z.object({
        contact: ringContact,
        /** Milliseconds. */
        rtt: z.number().optional(),
        /** Unix milliseconds. */
        lastSeen: z.number(),
      }),
    )
    .max(200),
  /** Virtual nodes of the whole ring, estimated. */
  estimatedMembers: z.number().optional(),
  /** Too few other hosts for all copies: replication is limited. */
  isSmall: z.boolean(),
  items: z.int(),
  infoHashes: z.int(),
  /** Seconds until it tries to find a ring again, while `isolated`. */
  retryIn: z.number().optional(),
})
export type RingHost = z.infer<typeof ringHost>

export const ringState = z.object({ state: z.enum(['off', 'running']), hosts: z.array(ringHost).max(2) })
export type RingState = z.infer<typeof ringState>
