/** Resolves when this thread has taken in what others sent it meanwhile: between the parts of long work. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
