import type { Clients } from '#shared/contract/index.ts'
import { overlayKey, overlayName, type SearchCost, type SearchState } from '#shared/contract/overlays.ts'
import { formatPlural } from '#shared/format.ts'
import { encodeBencode } from '../../codec/bencode.ts'
import { shownValue } from '../../codec/shown-value.ts'
import { toHex } from '../../kernel/bytes.ts'
import { type CommandContext, command, type Flags, UsageError, type ValuesOf } from '../command.ts'
import { keySeed } from '../key-file.ts'
import { nodesText, ringText } from '../overlay-text.ts'
import { withRunning } from '../profile-client.ts'
import { integerOf, wordOf } from '../values.ts'

const FLAGS = {
  port: { type: 'string', value: 'PORT', summary: 'announce: where to connect; else where this Shoal listens' },
  'key-file': { type: 'string', value: 'FILE', summary: 'put: sign with this key, made where the file is missing' },
  salt: { type: 'string', value: 'TEXT', summary: 'put, get: the salt of a mutable item' },
  'public-key': { type: 'string', value: 'HEX', summary: 'get: of a mutable item, in place of KEY' },
  seq: { type: 'string', value: 'N', summary: 'put: the number of this version; else one more than what is there' },
  cas: { type: 'string', value: 'N', summary: 'put: only over this version' },
  recursive: { type: 'boolean', summary: 'lookup in chord: each member asks the next, instead of us asking all' },
  keep: { type: 'boolean', summary: 'put: again each hour, until that Shoal ends' },
} as const satisfies Flags

/** 19 digits: 2^63 - 1, the largest version (BEP 44). */
const SEQUENCE = /^\d{1,19}$/

interface Line {
  readonly overlay: SearchState['overlay']
  readonly argument: string | undefined
  readonly flags: ValuesOf<typeof FLAGS>
}
type Action = (clients: Clients, line: Line, context: CommandContext) => Promise<void>

export const overlay = command({
  name: 'overlay',
  summary: 'the DHT and the ring of the Shoal that runs on the profile',
  positionals: ['kademlia|chord', 'info|lookup|announce|peers|put|get', '[KEY|VALUE]'],
  flags: FLAGS,
  examples: [
    'overlay kademlia info',
    'overlay kademlia lookup 6d1a3b…',
    "overlay kademlia put 'hello' --key-file my.key --salt greeting",
    'overlay kademlia get 8f3c…',
    'overlay chord lookup 6d1a3b… --recursive',
  ],
  run: async ({ positionals: [name = '', action = '', argument], flags }, context) => {
    const overlay = wordOf(name, 'the overlay', overlayName.options)
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action as keyof typeof ACTIONS] : undefined
    if (!act) throw new UsageError(`There is no "overlay ${name} ${action}"; use ${Object.keys(ACTIONS).join(', ')}.`)
    if (action === 'info' && argument !== undefined)
      throw new UsageError(`"overlay ${overlay} info" takes no argument.`)
    if (action === 'put' && argument === undefined) throw new UsageError(`Use: shoal overlay ${overlay} put VALUE`)
    if (flags.recursive === true && (overlay !== 'chord' || action !== 'lookup'))
      throw new UsageError('--recursive is of "overlay chord lookup".')
    if (['lookup', 'announce', 'peers'].includes(action)) keyOf(argument)
    if (action === 'put') checkPut(flags)
    if (action === 'get') wantedItem({ overlay, argument, flags })
    await withRunning(context, (clients) => act(clients, { overlay, argument, flags }, context))
  },
})

const ACTIONS = { info, lookup, announce, peers, put, get } satisfies Readonly<Record<string, Action>>

/** @throws UsageError */
function keyOf(text: string | undefined): string {
  const key = overlayKey.safeParse(text?.toLowerCase())
  if (!key.success)
    throw new UsageError('That is no KEY; give 40 hex digits: a node id, an info-hash or the target of an item.')
  return key.data
}

async function info(clients: Clients, { overlay }: Line, { out }: CommandContext): Promise<void> {
  if (overlay === 'chord') {
    const ring = await clients.overlays.ringInfo()
    return out.done({ ...ring }, ringText(ring))
  }
  const state = await clients.overlays.info({ overlay })
  out.done({ ...state }, nodesText(state))
}

async function lookup(clients: Clients, { overlay, argument, flags }: Line, { out }: CommandContext): Promise<void> {
  const cost = await clients.overlays.lookup({ overlay, target: keyOf(argument), recursive: flags.recursive === true })
  const lines = cost.closest.map(({ nodeId, address }) => `${nodeId}  ${address}`)
  out.done({ ...cost }, [...lines, costLine(cost)].join('\n'))
}

async function announce(clients: Clients, { overlay, argument, flags }: Line, { out }: CommandContext): Promise<void> {
  const port = flags.port === undefined ? {} : { port: integerOf(flags.port, '--port', { min: 1, max: 65_535 }) }
  const result = await clients.overlays.announce({ overlay, target: keyOf(argument), ...port })
  out.done({ ...result }, `${formatPlural(result.stored, 'node')} took the announcement. ${costLine(result)}`)
}

async function peers(clients: Clients, { overlay, argument }: Line, { out }: CommandContext): Promise<void> {
  const result = await clients.overlays.peers({ overlay, target: keyOf(argument) })
  out.done(
    { ...result },
    [...result.peers, `${formatPlural(result.peers.length, 'peer')}. ${costLine(result)}`].join('\n'),
  )
}

async function put(clients: Clients, { overlay, argument, flags }: Line, context: CommandContext): Promise<void> {
  const { 'key-file': file, salt, seq, cas, keep } = flags
  const result = await clients.overlays.put({
    overlay,
    value: encodeBencode(argument as string).slice(),
    ...(file !== undefined && { seed: await keySeed(context, file) }),
    ...saltOf(salt),
    ...(seq !== undefined && { seq: sequenceOf(seq, '--seq') }),
    ...(cas !== undefined && { cas: sequenceOf(cas, '--cas') }),
    keep: keep === true,
  })
  const { form, text: value } = shownValue(result.value)
  const facts = { ...result, value, form }
  const version = result.seq === undefined ? '' : `, version ${result.seq}, public key ${result.publicKey}`
  const text = `${result.target}${version}: ${formatPlural(result.stored, 'node')} took it. ${costLine(result)}`
  context.out.done(facts, text)
}

async function get(clients: Clients, line: Line, { out }: CommandContext): Promise<void> {
  const result = await clients.overlays.get(wantedItem(line))
  const { form, text: value } = shownValue(result.value)
  // Text is what is asked for mostly, and goes on to other programs as it is.
  out.done({ ...result, value, form }, form === 'text' ? value : `${form}: ${value}`)
}

/** @throws UsageError */
function checkPut({ 'key-file': file, salt, seq, cas }: Line['flags']): void {
  if (file === undefined && (salt ?? seq ?? cas) !== undefined)
    throw new UsageError('--salt, --seq and --cas are of mutable items; give --key-file as well.')
  saltOf(salt)
  if (seq !== undefined) sequenceOf(seq, '--seq')
  if (cas !== undefined) sequenceOf(cas, '--cas')
}

/** @throws UsageError */
function wantedItem({ overlay, argument, flags: { 'public-key': publicKey, salt } }: Line) {
  if ((argument === undefined) === (publicKey === undefined))
    throw new UsageError(`Use: shoal overlay ${overlay} get KEY, or get --public-key HEX [--salt TEXT]`)
  if (publicKey !== undefined && !/^[0-9a-f]{64}$/i.test(publicKey))
    throw new UsageError('--public-key is 64 hex digits.')
  return {
    overlay,
    ...(argument !== undefined && { target: keyOf(argument) }),
    ...(publicKey !== undefined && { publicKey: publicKey.toLowerCase() }),
    ...saltOf(salt),
  }
}

function saltOf(text: string | undefined): { salt?: string } {
  if (text === undefined) return {}
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > 64) throw new UsageError('--salt has at most 64 bytes.')
  return { salt: toHex(bytes) }
}

function sequenceOf(text: string, flag: string): bigint {
  if (!SEQUENCE.test(text) || BigInt(text) >= 2n ** 63n)
    throw new UsageError(`${flag}: "${text}" will not do; give a whole number from 0 to 2^63 - 1.`)
  return BigInt(text)
}

function costLine({ hops, requests, timeouts, took }: SearchCost): string {
  const lost = timeouts > 0 ? `, ${timeouts} without an answer` : ''
  return `${formatPlural(hops, 'hop')}, ${formatPlural(requests, 'request')}${lost}, ${Math.round(took)} ms`
}
