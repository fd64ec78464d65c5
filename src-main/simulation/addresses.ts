const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$/

/** Whether a text is an IP address and not a name. Of IPv6 only the form is looked at. */
export function isAddress(text: string): boolean {
  return (IPV4.test(text) && !text.endsWith('.')) || (text.includes(':') && /^[0-9a-f:.]+$/i.test(text))
}

/** The address of the n-th host: 10.0.0.1, 10.0.0.2 …, each octet from 1 to 254 at the end. */
export function addressOf(index: number): string {
  const last = 1 + (index % 254)
  const rest = Math.floor(index / 254)
  return `10.${rest >> 8}.${rest & 0xff}.${last}`
}
