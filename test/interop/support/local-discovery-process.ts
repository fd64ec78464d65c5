/**
 * Local discovery alone, on the real host: announces one info-hash and says whom it hears, one line of JSON each. Ends with
 * its standard input. Arguments: the info-hash in hex, the port that it announces.
 */

import { LocalDiscovery, localSource } from '../../../src-main/discovery/local/local-discovery.ts'
import { standardErrorSink } from '../../../src-main/host/log.ts'
import { createHost } from '../../../src-main/host/real-host.ts'
import { sourceKernels, sourceScripts } from '../../../src-main/host/source-scripts.ts'
import { fromHex } from '../../../src-main/kernel/bytes.ts'
import { formatEndpoint } from '../../../src-main/kernel/network.ts'

const [infoHash = '', port = ''] = process.argv.slice(2)
const host = createHost({
  scripts: sourceScripts,
  miningKernels: sourceKernels,
  log: { level: 'debug', format: 'text', sink: standardErrorSink() },
  // What `--offline --local-discovery on` says.
  networkPolicy: { mode: 'local-only', allowedHosts: [], multicast: true },
})
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)
const discovery = new LocalDiscovery({ ...host, onSender: (sender) => say({ sender: formatEndpoint(sender) }) })
const subject = {
  infoHash: fromHex(infoHash),
  peerId: host.random.bytes(20),
  port: () => Number(port),
  totals: () => ({ uploaded: 0, downloaded: 0, left: 0 }),
}
const following = localSource(discovery).follow(subject, (found) => say({ found: found.map(formatEndpoint) }))
await discovery.setEnabled(true)
say({ ready: true })
process.stdin.resume().on('end', async () => {
  await following.stop()
  await discovery.close()
  await host.close()
})
