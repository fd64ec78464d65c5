// How fast bcoin validates blocks that lie in memory: its chain alone, with its store in memory and no indexes, no mempool, no
// network. Arguments as JSON: `parameters` of the network, `before` and `blocks`: files of blocks, each with its length in
// front (4 bytes, little-endian); those of `before` are not measured; `workers`: processes that check scripts for it. Prints one JSON object, `BcoinValidation` of bench/bcoin.ts.
const { readFileSync } = require('node:fs')
const { Block, Chain, Logger, WorkerPool, revHex } = require('./bcoin.cjs')
const { defineNetwork } = require('./network.cjs')

const CLOCK_TICKS_PER_SECOND = 100
const COIN_CACHE_BYTES = 256 << 20
const { parameters, before, blocks, workers: count } = JSON.parse(process.argv[2])

/** The serialised blocks of a file. */
function read(path) {
  const bytes = readFileSync(path)
  const found = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32LE(at)
    found.push(bytes.subarray(at + 4, end))
    at = end
  }
  return found
}

/** Decoding is part of it, as with blocks from a peer. @returns transactions, coinbases included */
async function addAll(chain, list) {
  let transactions = 0
  for (const bytes of list) {
    const block = Block.fromRaw(bytes)
    await chain.add(block)
    if (chain.tip.hash !== block.hash('hex')) throw new Error(`${block.rhash()} did not become the tip`)
    transactions += block.txs.length
  }
  return transactions
}

/** Processor seconds of this process and its workers, user and system. Workers are seen on Linux alone. */
function cpuSeconds(workers) {
  const { user, system } = process.cpuUsage()
  let seconds = (user + system) / 1e6
  for (const { child } of workers.children.values()) seconds += cpuSecondsOf(child.child.pid)
  return seconds
}

function cpuSecondsOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in brackets may hold anything; after it, the 12th and 13th fields are user and system time in ticks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND
  } catch {
    return 0
  }
}

async function main() {
  const network = defineNetwork(parameters)
  const workers = new WorkerPool({ enabled: count > 0, size: Math.max(1, count) })
  await workers.open()
  // Its workers do not keep the process alive while it waits for them.
  setInterval(() => {}, 1_000)
  const logger = new Logger({ level: 'none' })
  const chain = new Chain({ network, logger, workers, memory: true, coinCache: COIN_CACHE_BYTES, checkpoints: false })
  await chain.open()
  if (before) await addAll(chain, read(before))
  const list = read(blocks)
  const start = process.hrtime.bigint()
  const cpu = cpuSeconds(workers)
  const transactions = await addAll(chain, list)
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const answer = { seconds, cpuSeconds: cpuSeconds(workers) - cpu, blocks: list.length, transactions }
  process.stdout.write(`${JSON.stringify({ ...answer, tip: revHex(chain.tip.hash), height: chain.height })}\n`)
  process.exit(0)
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})
