import { startLocalTracker } from '../../engine/local-tracker.ts'
import { command } from '../command.ts'
import { endpointOf } from '../values.ts'
import { stopped, withHost } from '../with-host.ts'

const DEFAULT_PORT = 6969

export const tracker = command({
  name: 'tracker',
  summary: 'run a tracker, over HTTP and UDP, until Ctrl-C',
  positionals: [],
  flags: {
    http: { type: 'string', value: 'HOST:PORT', summary: 'serve over HTTP here; port 0 is any' },
    udp: { type: 'string', value: 'HOST:PORT', summary: 'serve over UDP here; port 0 is any' },
  },
  examples: ['tracker', 'tracker --http 0.0.0.0:6969 --udp 0.0.0.0:6969'],
  run: async ({ flags }, context) => {
    const { out, stop } = context
    const http = flags.http === undefined ? undefined : endpointOf(flags.http, '--http')
    const udp = flags.udp === undefined ? undefined : endpointOf(flags.udp, '--udp')
    const here = { host: '127.0.0.1', port: DEFAULT_PORT }
    const places = http || udp ? { ...(http && { http }), ...(udp && { udp }) } : { http: here, udp: here }
    // Where it listens is what the line says; it sends nothing on its own.
    await withHost(context, { mode: 'online' }, async (host) => {
      const running = await startLocalTracker(host, places)
      try {
        const urls = [running.httpUrl, running.udpUrl].filter((url) => url !== undefined)
        const facts = { http: running.httpUrl, udp: running.udpUrl }
        out.event('ready', facts, `Tracker at ${urls.join(' and ')}\nCtrl-C ends it.`)
        await stopped(stop)
        const swarms = running.swarms()
        out.done({ ...facts, swarms }, 'Tracker ended.')
      } finally {
        await running.close()
      }
    })
  },
})
