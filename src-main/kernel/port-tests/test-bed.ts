/**
 * What the suites of the ports share. A suite states what every implementation of a port promises; the real host and the
 * simulated one both run it. A suite never sleeps and never looks at the time: it waits for events through `settle`.
 */
import { codeOf } from '../errors.ts'

/** One implementation, made anew for each test. */
export interface TestBed {
  /** Waits for `promise` while time passes: the simulation runs its clock until it settles, the real host just waits. */
  settle<T>(promise: Promise<T>): Promise<T>
  /** Ends everything that the bed has made. */
  close(): Promise<void>
}

/** A test's body that gets a fresh bed and closes it, whatever happens. */
export function onBed<B extends TestBed>(
  create: () => B | Promise<B>,
  body: (bed: B) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const bed = await create()
    try {
      await body(bed)
    } finally {
      await bed.close()
    }
  }
}

/** The code of the error that `promise` rejects with; `RESOLVED` where it does not. */
export function failureCode(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'RESOLVED', codeOf)
}

/** `length` bytes in a pattern that shows any shift, loss or repetition: it does not repeat within 16 MiB. */
export function patternBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = seed >>> 0
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}
