/**
 * The built daemon on a profile that holds a chain: started as people start it, it gets the blocks that it lacks from a peer
 * on loopback. Its memory is that of the whole program, as the kernel counts it: nothing of the bench runs in it.
 */

import { connectLocally } from '../../src-main/engine/serving/local-client.ts'
import { createLocalSockets } from '../../src-main/host/local-sockets.ts'
import { createClients } from '../../src-shared/contract/client/clients.ts'
import { shoal } from '../bench.ts'
import { Run } from '../run.ts'

const LOOPBACK = '127.0.0.1'

export interface DaemonMemory {
  /** The kernel's high-water marks, bytes: once the chain stands, and after the blocks. */
  readonly afterStart: number
  readonly peak: number
}

/** @param dial port of a node that has blocks up to `height` */
export async function daemonMemory(options: {
  readonly profile: string
  readonly dial: number
  readonly height: number
}): Promise<DaemonMemory> {
  const { profile, dial, height } = options
  const anyPort = `${LOOPBACK}:0`
  const flags = ['--network', 'local', '--offline', '--listen', anyPort, '--chain', 'on', '--chain-listen', anyPort]
  const daemon = new Run(shoal('daemon', '--profile', profile, ...flags, '--json'))
  try {
    await daemon.line(/"ready"/)
    const afterStart = daemon.usage().peakMemory
    const connection = await connectLocally(createLocalSockets(), profile, process.platform)
    const clients = createClients(connection.transport)
    const lacked = height - ((await clients.chain.info()).height ?? 0)
    if (!(lacked > 0)) throw new Error('the daemon has the blocks already')
    const arrived = new Promise<void>((resolve, reject) => {
      clients.chain.state(undefined, {
        next: ([info]) => info?.height === height && info.state !== 'starting' && resolve(),
        failed: ({ message }) => reject(new Error(message)),
      })
    })
    await clients.chain.connect({ endpoint: `${LOOPBACK}:${dial}` })
    await arrived
    // Stopping in order writes what has not been written yet: that is part of it.
    await daemon.stop()
    connection.close()
    return { afterStart, peak: daemon.usage().peakMemory }
  } finally {
    await daemon.stop()
  }
}
