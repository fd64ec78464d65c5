/** What a magnet link says, for `inspect`: sizes and files are known only once its metadata has come. */
import type { Magnet } from '../codec/magnet.ts'
import { formatFileRanges } from '../codec/magnet-files.ts'
import { toHex } from '../kernel/bytes.ts'
import { formatEndpoint } from '../kernel/network.ts'

export function magnetFacts({ infoHash, mutable, name, trackers, webSeeds, peers, files }: Magnet) {
  return {
    magnet: true,
    infoHash: infoHash && toHex(infoHash),
    publicKey: mutable && toHex(mutable.publicKey),
    salt: mutable && toHex(mutable.salt),
    name,
    trackers,
    webSeeds,
    peers: peers.map(formatEndpoint),
    /** Of the files that the link asks for (BEP 53); undefined means all. */
    selected: files && formatFileRanges(files),
  }
}

export function magnetText(magnet: Magnet): string {
  const { infoHash, publicKey, salt, name, trackers, webSeeds, peers, selected } = magnetFacts(magnet)
  const listed = (title: string, values: readonly string[]) =>
    values.map((value, n): [string, string] => [n === 0 ? title : '', value])
  const lines: [string, string][] = [
    ['magnet', 'sizes and files are known once a peer has sent them'],
    ...(name === '' ? [] : [['name', name] as [string, string]]),
    ...(infoHash === undefined ? [] : [['info-hash', infoHash] as [string, string]]),
    ...(publicKey === undefined ? [] : [['public key', publicKey] as [string, string]]),
    ...(salt === undefined || salt === '' ? [] : [['salt', salt] as [string, string]]),
    ...listed('trackers', trackers),
    ...listed('web seeds', webSeeds),
    ...listed('peers', peers),
    ...(selected === undefined ? [] : [['files', selected] as [string, string]]),
  ]
  return lines.map(([title, text]) => `${title.padEnd(11)}${text}`).join('\n')
}
