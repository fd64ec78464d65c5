import { command } from '../command.ts'
import { NODE_FLAGS, nodeOptions } from '../node-options.ts'
import { withEngine } from '../run-engine.ts'
import { policyOf, stopped, withHost } from '../with-host.ts'

export const daemon = command({
  name: 'daemon',
  summary: 'run Shoal without a window on a profile, until Ctrl-C',
  positionals: [],
  flags: NODE_FLAGS,
  examples: ['daemon', 'daemon --profile /srv/shoal --listen 0.0.0.0:6881'],
  run: async ({ flags }, context) => {
    const { out } = context
    const node = nodeOptions(flags)
    const profile = context.profile ?? context.system.defaultProfile
    await withHost(context, policyOf(node), (host) =>
      withEngine(context, host, { profile, serve: true, node }, async ({ clients, listening, stop }) => {
        const { nodes } = await clients.overlays.info({})
        const nodeId = nodes[0]?.nodeId
        const text = `Shoal runs on ${profile}, peers reach it at ${listening ?? 'no port'}${nodeId === undefined ? '' : `\nDHT node ${nodeId}`}\nCtrl-C ends it.`
        out.event('ready', { listen: listening, nodeId, profile }, text)
        await stopped(stop)
      }),
    )
    out.done({ profile }, 'Everything is saved.')
  },
})
