import type { AddressKey } from '../codec/address-keys.ts'

const SLOT_BITS = 9
const FULL = 255

/**
 * Tells at once, nearly always, that nothing of a collection is at an address, so that the collection need not be looked through.
 * Each thing is counted in the slot of its address; only an empty slot is sure. A slot that has been full stays so. 512 bytes.
 */
export class AddressFilter {
  private readonly counts = new Uint8Array(1 << SLOT_BITS)

  add(address: AddressKey): void {
    this.change(address, 1)
  }

  /** Once for each `add` of the address. */
  remove(address: AddressKey): void {
    this.change(address, -1)
  }

  mayHave(address: AddressKey): boolean {
    return this.counts[slotOf(address)] !== 0
  }

  clear(): void {
    this.counts.fill(0)
  }

  private change(address: AddressKey, by: number): void {
    const slot = slotOf(address)
    const count = this.counts[slot] as number
    if (count < FULL) this.counts[slot] = count + by
  }
}

function slotOf(address: AddressKey): number {
  let number = 0
  if (typeof address === 'number') number = address | 0
  else for (let i = 0; i < address.length; i++) number = Math.imul(number, 31) + address.charCodeAt(i)
  return Math.imul(number, 0x9e3779b1) >>> (32 - SLOT_BITS)
}
