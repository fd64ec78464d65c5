// bcoin as a process: parameters as its only argument, one JSON command a line on standard input, answers and events one a
// line on standard output, its log on standard error. It ends with standard input, and in any case after `lifetimeMs`.
const { createInterface } = require('node:readline')
const { LIMIT_MS, openCommands } = require('./commands.cjs')
const { defineNetwork } = require('./network.cjs')

const { parameters, port, bloom, lifetimeMs, log } = JSON.parse(process.argv[2])
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)

async function answer(commands, { id, command, args = {} }) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${command} took over ${LIMIT_MS / 1_000} s`)), LIMIT_MS)
  })
  try {
    if (!Object.hasOwn(commands, command)) throw new Error(`No command ${command}`)
    say({ id, result: await Promise.race([commands[command](args), late]) })
  } catch (error) {
    say({ id, error: error.message })
  } finally {
    clearTimeout(timer)
  }
}

async function main() {
  setTimeout(() => {
    process.stderr.write(`${lifetimeMs} ms are over\n`)
    process.exit(3)
  }, lifetimeMs)
  const network = defineNetwork(parameters)
  const { port: bound, commands } = await openCommands({ network, port, bloom, log }, say)
  // One after the other, so that answers come in the order of the questions.
  let last = Promise.resolve()
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      last = last.then(() => answer(commands, JSON.parse(line)))
    })
    .on('close', () => process.exit(0))
  say({ event: 'ready', port: bound })
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})
