/** One measurement in a process of its own: `measure.ts full '{…}'` prints what it came to as one line of JSON. */
import { fill, manyCoins, reorganise } from './thread.ts'
import { validateEmpty, validateFull, validateHeaders } from './validate.ts'

const MEASUREMENTS = {
  full: validateFull,
  empty: validateEmpty,
  headers: validateHeaders,
  fill,
  reorganise,
  coins: manyCoins,
} as const

const [what = '', options = '{}'] = process.argv.slice(2)
if (!Object.hasOwn(MEASUREMENTS, what)) throw new Error(`no measurement ${what}`)
const measure = MEASUREMENTS[what as keyof typeof MEASUREMENTS] as (options: unknown) => Promise<unknown>
console.log(JSON.stringify(await measure(JSON.parse(options))))
process.exit(0)
