import { stateText } from '../chain-text.ts'
import { command } from '../command.ts'
import { NODE_FLAGS, nodeOptions } from '../node-options.ts'
import { withEngine } from '../run-engine.ts'
import { policyOf, stopped, withHost } from '../with-host.ts'

export const daemon = command({
  name: 'daemon',
  summary: 'run Shoal without a window on a profile, until Ctrl-C',
  positionals: [],
  flags: NODE_FLAGS,
  examples: [
    'daemon',
    'daemon --profile /srv/shoal --listen 0.0.0.0:6881 --chain-listen 0.0.0.0:9533',
    'daemon --network local --offline --mine-threads 1 --mine-address lshl1…',
  ],
  run: async ({ flags }, context) => {
    const { out } = context
    const node = nodeOptions(flags, { network: context.network, chain: 'as-set' })
    const profile = context.profile ?? context.system.defaultProfile
    await withHost(context, policyOf(node), (host) =>
      withEngine(context, host, { profile, serve: true, node }, async (running) => {
        const { clients, listening, chainListening, stop } = running
        const { nodes } = await clients.overlays.info({})
        const nodeId = nodes[0]?.nodeId
        const info = await clients.chain.info()
        const { state, network, height } = info
        const text = [
          `Shoal runs on ${profile}, peers reach it at ${listening ?? 'no port'}`,
          ...(nodeId === undefined ? [] : [`DHT node ${nodeId}`]),
          ...(state === 'off'
            ? []
            : [`Chain “${network}”, ${stateText(info)}, height ${height}, at ${chainListening ?? 'no port'}`]),
          'Ctrl-C ends it.',
        ]
        out.event('ready', { listen: listening, chainListen: chainListening, nodeId, profile }, text.join('\n'))
        await stopped(stop)
      }),
    )
    out.done({ profile }, 'Everything is saved.')
  },
})
