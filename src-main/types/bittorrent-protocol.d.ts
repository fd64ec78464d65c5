/** The part of bittorrent-protocol 5.0.9 that the control plane of a peer connection uses; the package brings no types. */
declare module 'bittorrent-protocol' {
  interface ReservedBits {
    readonly dht: boolean
    readonly fast: boolean
    readonly extended: boolean
  }

  interface WireEvents {
    /** Info hash and peer id in hexadecimal. */
    handshake: [infoHash: string, peerId: string, extensions: ReservedBits]
    choke: []
    unchoke: []
    interested: []
    uninterested: []
    have: [piece: number]
    bitfield: [bits: { readonly buffer: Uint8Array }]
    'have-all': []
    'have-none': []
    port: [port: number]
    /** `handshake` with the decoded dictionary, else the extension's name or unknown number with its payload. */
    extended: [name: string | number, payload: unknown]
  }

  export default class Wire {
    constructor(type?: string, encryption?: 0 | 1 | 2)

    readonly amChoking: boolean
    /** Whether both sides speak BEP 6. */
    readonly hasFast: boolean
    /** What we offer: together with the peer's bits it decides `hasFast`. */
    extensions: Partial<ReservedBits>
    /** Our number of an extension -> its name. */
    extendedMapping: Record<number, string>
    /** Our BEP 10 handshake without `m`. */
    extendedHandshake: Record<string, string | number>

    on<E extends keyof WireEvents>(event: E, listener: (...args: WireEvents[E]) => void): this

    handshake(infoHash: Uint8Array, peerId: Uint8Array, extensions: { dht: boolean; fast: boolean }): void
    keepAlive(): void
    choke(): void
    unchoke(): void
    interested(): void
    uninterested(): void
    have(piece: number): void
    bitfield(bits: Uint8Array): void
    haveAll(): void
    haveNone(): void
    extended(id: number, payload: Uint8Array): void
    port(port: number): void

    /** The readable side: the package calls it with each piece of a message that it sends; null at the end. */
    push(data: Uint8Array | null): boolean
    /** Ends both sides. The package calls it, also through `destroy`, when the peer breaks a rule. */
    end(): this
    /** The writable side's hook: parses `data` before it returns. */
    protected _write(data: Uint8Array, done: (error: Error | null) => void): void
  }
}
