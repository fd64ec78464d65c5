/** Nodes and values of the overlays for people. */
import type { OverlayNode, OverlayState } from '#shared/contract/overlays.ts'
import type { RingHost, RingState } from '#shared/contract/overlays-ring.ts'
import { formatBytes, formatCount, formatDuration, formatPlural } from '#shared/format.ts'

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

export function ringText({ state, hosts }: RingState): string {
  if (state === 'off') return 'Chord is off; turn it on with: shoal settings set chord on'
  return hosts.map(hostText).join('\n\n')
}

const MISSING = {
  address: 'our address is not known yet',
  reach: 'nobody has reached it unasked yet',
} as const

function hostText(host: RingHost): string {
  const { contacts, estimatedMembers, external, isSmall, missing, phase, retryIn, virtualNodes } = host
  const why = missing === undefined ? '' : `: ${MISSING[missing]}`
  const retry = retryIn === undefined ? '' : `, tries again in ${formatDuration(retryIn)}`
  const addresses = new Set(contacts.map(({ contact }) => contact.address)).size
  const size =
    estimatedMembers === undefined ? '' : `about ${formatCount(Math.round(estimatedMembers))} places in all, `
  const lines: readonly [string, string][] = [
    ['listens', `${host.listening}${external === undefined ? '' : `, seen from outside as ${external}`}`],
    ['phase', `${phase}${why}${retry}`],
    ['ring', `${size}${formatPlural(addresses, 'other host')} known${isSmall ? '; few hosts, so few copies' : ''}`],
    ['keeps', `${formatPlural(host.items, 'item')}, ${formatPlural(host.infoHashes, 'info-hash', 'info-hashes')}`],
    ...virtualNodes.map(({ nodeId, slot, keys, phase: its, successors, fingers }): [string, string] => {
      const pointers = `${formatPlural(successors.length, 'successor')}, ${formatPlural(fingers.length, 'finger')}`
      return ['place', `${nodeId}  slot ${slot}, ${its}, ${formatPlural(keys, 'key')}, ${pointers}`]
    }),
  ]
  return lines.map(([title, text]) => `${title.padEnd(10)}${text}`).join('\n')
}
