// Installs Debian packages that a step needs, when it may; else says the one line that would.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const ELECTRON_LIBRARIES = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1']

/** What each thing needs: a program to look for (or none: a package to ask dpkg about) and the package that has it. */
export const NEEDS = {
  display: { why: 'a display for the window tests', programs: { 'xvfb-run': 'xvfb', xauth: 'xauth' }, packages: [] },
  electron: { why: 'libraries that Electron links to', programs: {}, packages: ELECTRON_LIBRARIES },
  compiler: { why: 'SQLite for the registry’s Electron', programs: { gcc: 'gcc', 'g++': 'g++' }, packages: [] },
  peers: {
    why: 'other BitTorrent programs to be tested against',
    programs: {
      aria2c: 'aria2',
      mktorrent: 'mktorrent',
      'transmission-cli': 'transmission-cli',
      'transmission-create': 'transmission-cli',
      'transmission-show': 'transmission-cli',
    },
    packages: [],
  },
  namespaces: {
    why: 'network namespaces for tests',
    programs: { ip: 'iproute2', unshare: 'util-linux', nsenter: 'util-linux', setpriv: 'util-linux' },
    packages: [],
  },
}

const has = (program) => (process.env.PATH ?? '').split(':').some((dir) => existsSync(`${dir}/${program}`))
const run = (command, args, options = {}) => spawnSync(command, args, { encoding: 'utf8', ...options })

/** Debian 13 renamed libraries built with 64-bit time: `libgtk-3-0` became `libgtk-3-0t64`. */
function installedLibrary(name) {
  const { stdout } = run('dpkg-query', ['-W', '-f', '$' + '{Package} $' + '{db:Status-Status}\n', name, `${name}t64`])
  return / installed$/m.test(stdout ?? '')
}

/** Packages that are missing for the named needs. */
export function missingPackages(names) {
  if (process.platform !== 'linux' || !has('dpkg-query')) return []
  return names.flatMap((name) => {
    const { programs, packages } = NEEDS[name]
    const absent = Object.entries(programs).filter(([program]) => !has(program))
    return [...new Set(absent.map(([, pkg]) => pkg)), ...packages.filter((pkg) => !installedLibrary(pkg))]
  })
}

/** @returns whether everything is there afterwards; where not, the line to type was printed */
export function ensurePackages(names) {
  const missing = missingPackages(names)
  if (missing.length === 0) return true
  const why = names.filter((name) => missingPackages([name]).length > 0).map((name) => NEEDS[name].why)
  const line = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  const root = process.getuid?.() === 0
  const sudo = !root && run('sudo', ['-n', 'true']).status === 0
  if (!root && !sudo) {
    process.stderr.write(`Missing: ${missing.join(', ')} (${why.join('; ')}).\nInstall with: sudo ${line}\n`)
    return false
  }
  process.stderr.write(`Installing ${missing.join(', ')}: ${why.join('; ')}.\n`)
  const apt = (args) =>
    run(root ? 'apt-get' : 'sudo', root ? args : ['-n', 'apt-get', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 900_000,
    }).status === 0
  apt(['update', '-qq'])
  const known = (pkg) => run('apt-cache', ['show', '--no-all-versions', pkg]).status === 0
  const names64 = missing.map((pkg) => (!known(pkg) && known(`${pkg}t64`) ? `${pkg}t64` : pkg))
  if (apt(['install', '-y', '-qq', '--no-install-recommends', ...names64])) return true
  process.stderr.write(`That failed. Install by hand: ${line}\n`)
  return false
}
