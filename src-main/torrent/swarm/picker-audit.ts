/** The picker's invariants, written a second time without its shortcuts. For tests: throws at the first one broken. */
import { MAX_COPIES } from './end-game.ts'
import type { PiecePicker } from './picker.ts'
import { HAVE, IN_FLIGHT, SKIPPED, VERIFYING, WANTED } from './piece-state.ts'

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`picker: ${what}`)
}

export function auditPicker(picker: PiecePicker): void {
  auditPieces(picker)
  auditRequests(picker)
  auditOrder(picker)
  auditPeers(picker)
}

function auditPieces(picker: PiecePicker): void {
  let verifying = 0
  let missing = 0
  for (let piece = 0; piece < picker.geometry.pieceCount; piece++) {
    const state = picker.states[piece]
    must(picker.order.listed(piece) === (state === WANTED), `piece ${piece} is listed exactly while wanted`)
    must(picker.partials.has(piece) === (state === IN_FLIGHT), `piece ${piece} is partial exactly while in flight`)
    must(picker.have.has(piece) === (state === HAVE), `piece ${piece} is in the bitfield exactly while had`)
    const wanted = picker.wanted.has(piece)
    must(!wanted || state !== SKIPPED, `piece ${piece} is not skipped while wanted`)
    must(wanted || (state !== WANTED && state !== IN_FLIGHT), `piece ${piece} is not fetched while unwanted`)
    if (wanted && state !== HAVE) missing++
    if (state === VERIFYING) verifying++
  }
  must(missing === picker.missing, 'the count of missing pieces')
  must(verifying === picker.verifying, 'the count of pieces being verified')
  must(picker.partials.size + picker.verifying <= Math.max(picker.maxPieces, 0), 'pieces in memory stay bounded')
}

function auditRequests(picker: PiecePicker): void {
  const owners = new Map<number, number>()
  for (const peer of picker.peers) {
    for (const block of peer.requests.keys()) {
      owners.set(block, (owners.get(block) ?? 0) + 1)
      must(peer.have.has(picker.geometry.pieceOf(block)), `block ${block} is asked of a peer that has it`)
    }
  }
  for (const partial of picker.partials.values()) {
    let free = 0
    let open = 0
    let missing = 0
    for (let block = 0; block < partial.blocks; block++) {
      const asked = partial.asked[block] as number
      const number = picker.geometry.numberOf(partial.piece, block)
      must(asked === (owners.get(number) ?? 0), `block ${number} is asked of exactly its owners`)
      must(asked <= MAX_COPIES, `block ${number} is asked of few`)
      must(asked === 0 || partial.here[block] === 0, `block ${number} is not asked for once it is here`)
      owners.delete(number)
      open += asked
      if (partial.here[block] === 0) missing++
      if (partial.here[block] === 0 && asked === 0) free++
    }
    must(free === partial.free && open === partial.open && missing === partial.missing, 'counts of a partial piece')
    must(missing > 0, 'a partial piece is not complete')
    must(open > 0 || missing < partial.blocks, 'a partial piece has something in it or on its way')
    must(picker.open.has(partial) === free > 0, 'a partial piece is open exactly while it has free blocks')
    must(!partial.lead || picker.peers.has(partial.lead), 'the lead of a piece is connected')
  }
  must(owners.size === 0, 'every request is for a block in flight')
  for (const partial of picker.open) must(picker.partials.get(partial.piece) === partial, 'open pieces are partial')
}

function auditOrder(picker: PiecePicker): void {
  const listed = picker.order.list()
  must(new Set(listed).size === listed.length, 'a piece is listed once')
  const copies = new Map<number, number>()
  for (let piece = 0; piece < picker.geometry.pieceCount; piece++) {
    let count = 0
    for (const peer of picker.peers) if (peer.counted && peer.have.has(piece)) count++
    copies.set(piece, count)
    must(picker.order.copies[piece] === count, `copies of piece ${piece}`)
  }
  for (let i = 1; i < listed.length; i++) {
    const [before, after] = [copies.get(listed[i - 1] as number) ?? 0, copies.get(listed[i] as number) ?? 0]
    must(before <= after, 'rarest first')
  }
}

function auditPeers(picker: PiecePicker): void {
  for (const peer of picker.peers) {
    let interesting = 0
    let startable = 0
    for (let piece = 0; piece < peer.have.length; piece++) {
      if (!peer.have.has(piece)) continue
      if (picker.states[piece] !== HAVE && picker.states[piece] !== SKIPPED) interesting++
      if (picker.states[piece] === WANTED) startable++
    }
    must(peer.interesting === interesting, 'the count of interesting pieces')
    must(peer.startable === startable, 'the count of pieces to begin')
  }
}
