/**
 * IP addresses as text and as bytes. Reads literals only, never names. An IPv4 address mapped into IPv6
 * (`::ffff:1.2.3.4`, what a socket for both families reports) is read as the IPv4 address that it is.
 * Texts that are made here are canonical (RFC 5952), so that equal addresses are equal texts.
 */

/** Bytes of an IP literal: 4 or 16, or undefined where it is none. A zone (`%eth0`) is dropped. */
export function ipBytes(text: string): Uint8Array | undefined {
  if (text.length > MAX_LITERAL_LENGTH) return undefined
  return text.includes(':') ? unmapped(ipv6Bytes(text.split('%', 1)[0] as string)) : ipv4Bytes(text)
}

/**
 * An IPv4 literal as a number, the first of its bytes the highest: 0 to 2^32 - 1; undefined for all else. Quick, because
 * it is asked several times for each packet.
 */
export function ipv4Number(text: string): number | undefined {
  if (text.length > MAX_IPV4_LENGTH) return undefined
  let number = 0
  let part = 0
  let digits = 0
  let dots = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === DOT) {
      if (digits === 0 || dots === 3) return undefined
      number = number * 256 + part
      part = 0
      digits = 0
      dots++
      continue
    }
    // A number that begins with 0 is only that.
    if (code < ZERO || code > NINE || (digits > 0 && part === 0)) return undefined
    part = part * 10 + code - ZERO
    if (part > 255) return undefined
    digits++
  }
  return dots === 3 && digits > 0 ? number * 256 + part : undefined
}

/** Canonical text of 4 or 16 bytes. @throws RangeError on any other length */
export function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) throw new RangeError('an IP address has 4 or 16 bytes')
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] as number) << 8) | (bytes[2 * i + 1] as number))
  const { start, length } = longestZeros(groups)
  const hex = groups.map((group) => group.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

/** The one text for an address, or undefined where it is not a literal. */
export function canonicalIp(text: string): string | undefined {
  const bytes = ipBytes(text)
  return bytes && ipText(bytes)
}

/** 127.0.0.0/8 and ::1. */
export function isLoopbackIp(text: string): boolean {
  const number = ipv4Number(text)
  if (number !== undefined) return number >>> 24 === 127
  const bytes = ipBytes(text)
  if (!bytes) return false
  return bytes.length === 4 ? bytes[0] === 127 : ipText(bytes) === '::1'
}

/** Whether a packet can be for one host at this address: not unspecified, multicast or broadcast. */
export function isUnicastIp(text: string): boolean {
  const number = ipv4Number(text)
  if (number !== undefined) return number >>> 24 !== 0 && number >>> 24 < 224
  const bytes = ipBytes(text)
  if (!bytes) return false
  const first = bytes[0] as number
  if (bytes.length === 4) return first !== 0 && first < 224
  return first !== 0xff && bytes.some((byte) => byte !== 0)
}

const MAX_LITERAL_LENGTH = 80
const MAX_IPV4_LENGTH = 15
const [ZERO, NINE, DOT] = [0x30, 0x39, 0x2e]

function ipv4Bytes(text: string): Uint8Array | undefined {
  const number = ipv4Number(text)
  return number === undefined ? undefined : Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groupBytes(halves[0] as string, halves.length === 1)
  const tail = groupBytes(halves[1] ?? '', true)
  if (!head || !tail) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail])
}

/** Bytes of `a:b:c`; the last group may be an IPv4 address where the text ends there. */
function groupBytes(text: string, atEnd: boolean): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const ipv4 = atEnd && index === groups.length - 1 ? ipv4Bytes(group) : undefined
    if (ipv4) bytes.push(...ipv4)
    else if (/^[0-9a-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255)
    else return undefined
  }
  return bytes.length <= 16 ? bytes : undefined
}

function unmapped(bytes: Uint8Array | undefined): Uint8Array | undefined {
  if (bytes?.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff)
    return bytes.slice(12)
  return bytes
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let end = start
    while (groups[end] === 0) end++
    if (end - start > best.length) best = { start, length: end - start }
  }
  return best
}
