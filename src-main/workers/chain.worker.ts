/** The thread of the chain: opens the node that it is told to, on the real ports, and serves it until it is ended. */
import { openNodeChain } from '../chain/node/open-node-chain.ts'
import { serveChain } from '../chain/thread/serve-chain.ts'
import { createClock } from '../host/clock.ts'
import { createDatabases } from '../host/database.ts'
import { createFileStore } from '../host/files.ts'
import { createRandom } from '../host/random.ts'
import { createSignatureBatches } from '../host/signature-batches.ts'
import { createSignatureVerifier } from '../host/signature-verifier.ts'
import { linkToParent, threadScripts } from '../host/threads.ts'
import { nextTurn } from '../host/turn.ts'

const { signatures } = threadScripts()

serveChain(linkToParent(), (configuration, log) =>
  openNodeChain(configuration, {
    clock: createClock(),
    random: createRandom(),
    databases: createDatabases(),
    files: createFileStore(),
    log,
    verifier: createSignatureVerifier(),
    // They end with this thread.
    batches: createSignatureBatches({ workerPath: signatures, threads: configuration.signatureThreads }),
    pause: nextTurn,
  }),
)
