/**
 * Zod compiles its schemas with `new Function` where it may. The window's content security policy forbids that, and even
 * asking is reported as a violation; so it is told not to before the first schema is used. Imported first of all.
 */
import { config } from 'zod'

config({ jitless: true })
