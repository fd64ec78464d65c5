/** Once before the files of interop, which run beside each other: the programs that they start are of today's sources. */
export { buildIfStale as setup } from '../../scripts/build-if-stale.mjs'
