import { formatBytes, formatPlural, formatRate } from '#shared/format.ts'
import { command } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { runDemo } from '../demo/run-demo.ts'
import { pathOf } from '../values.ts'
import { LOCAL_ONLY, withHost } from '../with-host.ts'

export const demo = command({
  name: 'demo',
  summary: 'share a folder and send coins from one Shoal process to another on this machine, with no server',
  positionals: ['[PATH]'],
  flags: {},
  examples: ['demo', 'demo ~/Pictures/holiday'],
  run: async ({ positionals }, context) => {
    const { out, system } = context
    const named = positionals[0]
    const path = named === undefined ? system.sampleFolder : pathOf(named, context.workingDirectory)
    await withHost(context, LOCAL_ONLY, async (host) => {
      const source = await host.files.realPath(path).catch(() => {
        throw new CommandError(
          { code: 'NOT_FOUND', path },
          `There is nothing at ${path}; name a file or folder to share.`,
        )
      })
      const work = await system.temporaryFolder()
      try {
        const result = await runDemo(context, host, source, work.path)
        const { files, bytes, seconds, transferSeconds, rate, infoHash, txid, block, height } = result
        out.done(
          { ...result },
          [
            '',
            `Done in ${seconds.toFixed(1)} s. Two Shoal processes, each with a profile of its own, shared ${formatPlural(files, 'file')} (${formatBytes(bytes)})`,
            `by a magnet link and a DHT of their own, with no tracker, in ${transferSeconds.toFixed(1)} s (${formatRate(rate)}), every piece checked by SHA-1 on arrival`,
            'and every file compared by SHA-256 at the end: all are the same. Then one mined coins and paid the other, in a block that both have.',
            `info-hash ${infoHash}`,
            `payment   ${txid}`,
            `block     ${block} at height ${height}`,
          ].join('\n'),
        )
      } finally {
        await work.remove()
      }
    })
  },
})
