// `npm test`: everything once. `--long` runs the long random suites with their full counts.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import './check-node.mjs'
import { root } from './build-if-stale.mjs'
import { ensurePackages } from './debian.mjs'

const long = process.argv.includes('--long')
const everything = process.env.SHOAL_REQUIRE_ALL === '1'
const results = join(root, 'test-results')
const bin = (name) => join(root, 'node_modules/.bin', name)
const vitest = (name, ...projects) => [
  bin('vitest'),
  'run',
  ...projects.flatMap((project) => ['--project', project]),
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${join(results, `${name}.json`)}`,
]

const steps = [
  { name: 'lint', command: [bin('biome'), 'check', '.'] },
  { name: 'types', command: [bin('tsc'), '-b', '--force'] },
  { name: 'build', command: [process.execPath, join(root, 'scripts/build.mjs')] },
  { name: 'unit', command: vitest('unit', 'unit', 'dom'), counts: true },
  { name: 'scenarios', command: vitest('scenarios', 'scenarios'), counts: true },
  { name: 'interop', command: vitest('interop', 'interop'), counts: true, needs: ['peers', 'namespaces'] },
  {
    name: 'e2e',
    command: [process.execPath, join(root, 'scripts/xvfb.mjs'), ...vitest('e2e', 'e2e')],
    counts: true,
    needs: ['display', 'electron', 'compiler'],
  },
]

function run([command, ...args]) {
  return new Promise((resolve) => {
    const env = { ...process.env, ...(long ? { SHOAL_LONG: '1' } : {}) }
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], cwd: root, env })
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal))
    child.on('error', () => resolve(1))
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

function counted(name) {
  const file = join(results, `${name}.json`)
  if (!existsSync(file)) return { passed: 0, failed: 0 }
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(file, 'utf8'))
  return { passed: numPassedTests, failed: numFailedTests + numPendingTests }
}

/** The last long run, kept beside the code it was about. */
function writeReport() {
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' })
  const day = new Date().toISOString().slice(0, 10)
  const text = `# Last long test run

\`npm run test:long\` on ${day}, commit ${stdout.trim()}, Node ${process.versions.node}, ${cpus().length} cores.

\`\`\`
${lines.join('\n')}
  ${passed} passed, ${failed} failed
\`\`\`
`
  writeFileSync(join(root, 'docs/test-report.md'), text)
}

rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })
const began = Date.now()
const lines = []
let passed = 0
let failed = 0
let broken = false
for (const { name, command, counts, needs } of steps) {
  if (needs && !ensurePackages(needs)) {
    lines.push(`  ${name.padEnd(10)} DID NOT RUN: packages above are missing`)
    broken ||= everything
    continue
  }
  process.stdout.write(`\n── ${name} ──\n`)
  const start = Date.now()
  const code = await run(command)
  const seconds = ((Date.now() - start) / 1000).toFixed(1)
  const count = counts ? counted(name) : undefined
  passed += count?.passed ?? 0
  failed += count?.failed ?? 0
  broken ||= code !== 0 || count?.failed > 0 || count?.passed === 0
  const what = count ? `${count.passed} passed, ${count.failed} failed` : code === 0 ? 'ok' : 'FAILED'
  lines.push(`  ${name.padEnd(10)} ${what} (${seconds} s)${code === 0 ? '' : ` exit ${code}`}`)
  if (code !== 0 && !counts) break
}
process.stdout.write(`\n${lines.join('\n')}\n  whole      ${((Date.now() - began) / 1000).toFixed(0)} s\n`)
if (long) writeReport()
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exit(broken || failed > 0 ? 1 : 0)
