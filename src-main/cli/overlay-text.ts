/** Nodes and values of an overlay for people. */
import type { OverlayNode, OverlayState } from '#shared/contract/overlays.ts'
import { formatBytes, formatCount, formatDuration, formatPlural } from '#shared/format.ts'
import { textOf } from '../kernel/bytes.ts'

export function nodesText({ state, mode, nodes }: OverlayState): string {
  if (state === 'off') return 'The DHT is off; turn it on with: shoal settings set dht auto'
  return nodes.map((node) => nodeText(node, mode)).join('\n\n')
}

function nodeText(node: OverlayNode, mode: OverlayState['mode']): string {
  const { counters, buckets } = node
  const retry = node.retryIn === undefined ? '' : `, tries again in ${formatDuration(node.retryIn)}`
  const answers = node.serving ? 'yes' : `no, read-only (mode ${mode})`
  const lines: readonly [string, string][] = [
    ['node', node.nodeId],
    ['listens', `${node.listening}${node.external === undefined ? '' : `, seen from outside as ${node.external}`}`],
    ['phase', `${node.phase}${retry}`],
    ['serves', answers],
    ['nodes', `${formatCount(node.nodes)} in ${formatPlural(buckets.length, 'bucket')}`],
    ...(node.estimatedSize === undefined
      ? []
      : [['network', `about ${formatCount(Math.round(node.estimatedSize))} nodes`] as [string, string]]),
    [
      'keeps',
      `${formatPlural(node.storedInfoHashes, 'info-hash', 'info-hashes')}, ${formatPlural(node.storedItems, 'item')}`,
    ],
    ['sent', `${formatBytes(counters.bytesSent)}, ${formatPlural(counters.queriesSent, 'query', 'queries')}`],
    [
      'received',
      `${formatBytes(counters.bytesReceived)}, ${formatPlural(counters.queriesReceived, 'query', 'queries')}`,
    ],
  ]
  return lines.map(([title, text]) => `${title.padEnd(10)}${text}`).join('\n')
}

/** A bencoded string as its text where it is text, else the bencoding with bytes escaped. */
export function printedValue(bencoded: Uint8Array): string {
  const text = textOf(bencoded)
  const match = /^(\d+):/.exec(text)
  const body = match ? bencoded.subarray(match[0].length) : undefined
  if (body && Number(match?.[1]) === body.length) {
    const plain = textOf(body)
    if (!plain.includes('\ufffd')) return plain
  }
  return [...bencoded]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('')
}
