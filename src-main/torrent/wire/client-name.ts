/**
 * Names the program at the other end from its peer id (BEP 20), for as long as it has not named itself (`v`, BEP 10).
 * Only for people to read: both are whatever the peer likes to claim.
 */

interface KnownClient {
  readonly name: string
  version(digits: string): string
}

/** Each character one number, 0-9 then A-Z; zeros at the end beyond `least` numbers are left out. */
const dotted = (least: number) => (digits: string) => {
  const numbers = [...digits].map((digit) => Number.parseInt(digit, 36))
  while (numbers.length > least && numbers.at(-1) === 0) numbers.pop()
  return numbers.join('.')
}
/** Two digits for each number. */
const paired = (digits: string) =>
  /^\d{4}$/.test(digits) ? `${Number(digits.slice(0, 2))}.${Number(digits.slice(2))}` : digits
/** Three numbers, then a letter for the kind of build. */
const threeAndBuild = (digits: string) => dotted(3)(digits.slice(0, 3))
/** Until version 3 one number and two digits (`3000` is 3.00), since then three numbers and the kind of build. */
const transmission = (digits: string) =>
  (digits[0] as string) <= '3' ? `${digits[0]}.${digits.slice(1, 3)}` : threeAndBuild(digits)

const CLIENTS: ReadonlyMap<string, KnownClient> = new Map([
  ['A2', { name: 'aria2', version: dotted(3) }],
  ['AZ', { name: 'Vuze', version: dotted(4) }],
  ['BI', { name: 'BiglyBT', version: dotted(4) }],
  ['BT', { name: 'BitTorrent', version: threeAndBuild }],
  ['DE', { name: 'Deluge', version: threeAndBuild }],
  ['FD', { name: 'Free Download Manager', version: threeAndBuild }],
  ['KT', { name: 'KTorrent', version: threeAndBuild }],
  ['LT', { name: 'libtorrent', version: dotted(3) }],
  ['lt', { name: 'rTorrent', version: dotted(3) }],
  ['qB', { name: 'qBittorrent', version: dotted(3) }],
  ['SH', { name: 'Shoal', version: dotted(3) }],
  ['TR', { name: 'Transmission', version: transmission }],
  ['UT', { name: 'µTorrent', version: threeAndBuild }],
  ['WD', { name: 'WebTorrent Desktop', version: paired }],
  ['WW', { name: 'WebTorrent', version: paired }],
])

const UNKNOWN_CLIENT = 'Unknown client'
const AZUREUS_STYLE = /^-([A-Za-z0-9]{2})([A-Za-z0-9]{4})-/
/** aria2 writes its version out: `A2-1-36-0-`, with dashes to the end of the version. */
const ARIA2_STYLE = /^A2-(\d{1,3})-(\d{1,3})-(\d{1,3})-/

/** @param peerId 20 bytes */
export function clientName(peerId: Uint8Array): string {
  const text = String.fromCharCode(...peerId)
  const aria2 = ARIA2_STYLE.exec(text)
  if (aria2) return `aria2 ${aria2.slice(1).join('.')}`
  const [, code, digits] = AZUREUS_STYLE.exec(text) ?? []
  if (code === undefined || digits === undefined) return UNKNOWN_CLIENT
  const client = CLIENTS.get(code)
  return client ? `${client.name} ${client.version(digits)}` : `${UNKNOWN_CLIENT} (${code} ${digits})`
}
