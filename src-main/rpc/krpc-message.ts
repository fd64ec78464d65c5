/**
 * The messages of the mainline DHT as typed objects (KRPC of BEP 5, with BEP 32, 33, 42, 43, 44 and 51). No bytes here:
 * `krpc-decode.ts` and `krpc-encode.ts` turn them into datagrams and back. Messages are never changed once made, so that
 * a laboratory may hand the same object from node to node.
 */
import type { Endpoint } from '../kernel/network.ts'

/** Bytes of a node id, a target and an info-hash. */
export const ID_BYTES = 20
/** The largest answer that we send, unless it carries an item to an address that has proven to be its sender's. */
export const MAX_ANSWER_BYTES = 1_024
/** The largest answer with an item: 1,000 bytes of value, key, signature and token, in one packet on any usual network. */
export const MAX_ITEM_ANSWER_BYTES = 1_400
/** A datagram shorter or longer than this is no KRPC message. */
export const MIN_MESSAGE_BYTES = 15
export const MAX_MESSAGE_BYTES = 2_048
/** The dictionary of another protocol in a query of ours: all else has room beside it. */
export const MAX_EXTENSION_BODY_BYTES = 1_920
/** What the name of a method that is none of the DHT's is cut to. */
export const MAX_METHOD_NAME_BYTES = 32
/** Ours have 2; other programs use 1 to 20. */
export const MAX_TRANSACTION_BYTES = 20
export const MAX_TOKEN_BYTES = 128
/** The bencoded value of an item (BEP 44). */
export const MAX_VALUE_BYTES = 1_000
export const MAX_SALT_BYTES = 64
/** Largest `seq` and `cas` (BEP 44): a signed 64-bit number. */
export const MAX_SEQUENCE = 2n ** 63n - 1n
/** Bytes of each of the two filters of a scrape (BEP 33). */
export const BLOOM_FILTER_BYTES = 256

/** Another node: its 20-byte id and where it says it is. */
export interface NodeContact {
  readonly id: Uint8Array
  readonly endpoint: Endpoint
  /** Id and endpoint as they stand in an answer, 26 or 38 bytes, where they have been put together already. */
  readonly packed?: Uint8Array | undefined
}

/** Address families asked for in `nodes` and `nodes6` (BEP 32). */
export type Want = 'n4' | 'n6'

/** What each method is asked with. Ids, targets and info-hashes have 20 bytes. */
export interface QueryArguments {
  readonly ping: Record<never, never>
  readonly find_node: { readonly target: Uint8Array; readonly want?: readonly Want[] }
  readonly get_peers: {
    readonly infoHash: Uint8Array
    readonly want?: readonly Want[]
    /** Asks for the filters of BEP 33. */
    readonly scrape?: boolean
    /** Asks for peers that are not seeds (BEP 33). */
    readonly noseed?: boolean
  }
  readonly announce_peer: {
    readonly infoHash: Uint8Array
    /** 1 to 65535; 0 only with `impliedPort`. */
    readonly port: number
    /** The peer's port is the one that the query came from. */
    readonly impliedPort: boolean
    readonly token: Uint8Array
    /** Whether the peer has everything (BEP 33). */
    readonly seed?: boolean
  }
  readonly get: {
    readonly target: Uint8Array
    /** Wants a mutable item only where it is newer than this. */
    readonly seq?: bigint
    readonly want?: readonly Want[]
    /**
     * The token of an earlier answer, which proves that we are at our address: then an item too large for strangers may
     * come. Not in BEP 44; others ignore it.
     */
    readonly token?: Uint8Array
  }
  readonly put: {
    readonly token: Uint8Array
    /** The value, bencoded, as it stands in the message: what is hashed and signed. May be longer than what may be stored. */
    readonly v: Uint8Array
    /** Public key of 32 bytes: a mutable item, which has `seq` and `sig` too. */
    readonly k?: Uint8Array
    /** 64 bytes. */
    readonly sig?: Uint8Array
    readonly seq?: bigint
    readonly cas?: bigint
    /** Not checked against the 64 bytes that it may have, because that has an error of its own (207). */
    readonly salt?: Uint8Array
  }
  readonly sample_infohashes: { readonly target: Uint8Array; readonly want?: readonly Want[] }
}

export type Method = keyof QueryArguments

interface QueryHead {
  readonly kind: 'query'
  /** 1 to 20 bytes, given back in the answer. */
  readonly transaction: Uint8Array
  /** Of the node that asks. */
  readonly id: Uint8Array
  /** The node that asks answers no queries itself and belongs in no table (BEP 43). */
  readonly readOnly: boolean
  /** Program and version, 4 bytes as a rule. */
  readonly version?: Uint8Array
}

/** One kind of query for each method. */
export type KnownQuery = {
  readonly [M in Method]: QueryHead & { readonly method: M; readonly args: QueryArguments[M] }
}[Method]

/**
 * A method that is none of the DHT's. Where it has a target or info-hash, nodes near that may be the answer; where it has a
 * dictionary under `c`, it may be a question of another protocol over the same socket (`ExtensionPort`).
 */
export interface UnknownQuery extends QueryHead {
  readonly method: 'unknown'
  /** What it is called, one character for each byte, cut to 32. */
  readonly name: string
  readonly args: {
    readonly target?: Uint8Array
    readonly want?: readonly Want[]
    /** A bencoded dictionary, as it stands in the message. */
    readonly c?: Uint8Array
  }
}

export type Query = KnownQuery | UnknownQuery

/** What is asked, without who asks. */
export type Question = Pick<KnownQuery, 'method' | 'args'> | Pick<UnknownQuery, 'method' | 'name' | 'args'>

/** What an answer says besides who gives it. Which fields there are depends on the query and on the program asked. */
export interface ResponseFields {
  /** Answer of another protocol over the same socket: a bencoded dictionary, as it stands in the message. */
  readonly c?: Uint8Array
  /** Nodes with an IPv4 address. */
  readonly nodes?: readonly NodeContact[]
  /** Nodes with an IPv6 address (BEP 32). */
  readonly nodes6?: readonly NodeContact[]
  /** Peers, of either family. */
  readonly values?: readonly Endpoint[]
  readonly token?: Uint8Array
  /** The value of an item, bencoded, as it stood in the message (BEP 44). */
  readonly v?: Uint8Array
  readonly k?: Uint8Array
  readonly sig?: Uint8Array
  readonly seq?: bigint
  /** Filter of the seeds, 256 bytes (BEP 33). */
  readonly seedFilter?: Uint8Array
  /** Filter of the other peers, 256 bytes (BEP 33). */
  readonly peerFilter?: Uint8Array
  /** Info-hashes (BEP 51). */
  readonly samples?: readonly Uint8Array[]
  /** How many info-hashes the node holds (BEP 51). */
  readonly num?: number
  /** Seconds until it is worth asking for samples again, 0 to 21,600 (BEP 51). */
  readonly interval?: number
}

export interface Response extends ResponseFields {
  readonly kind: 'response'
  readonly transaction: Uint8Array
  /** Of the node that answers. */
  readonly id: Uint8Array
  /** Where the answer was sent: what we look like from outside (BEP 42). */
  readonly ip?: Endpoint
  readonly version?: Uint8Array
}

export interface ErrorMessage {
  readonly kind: 'error'
  readonly transaction: Uint8Array
  /** See `errorCode`; other programs send others. */
  readonly code: number
  /** Text from outside. */
  readonly message: string
  readonly ip?: Endpoint
  readonly version?: Uint8Array
}

export type KrpcMessage = Query | Response | ErrorMessage

/** Error codes of BEP 5 and BEP 44. Some programs send 203 where 204 is meant. */
export const errorCode = {
  generic: 201,
  server: 202,
  protocol: 203,
  methodUnknown: 204,
  valueTooBig: 205,
  invalidSignature: 206,
  saltTooBig: 207,
  casMismatch: 301,
  sequenceTooOld: 302,
} as const
