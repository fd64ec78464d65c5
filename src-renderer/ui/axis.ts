/** The next of 1, 2, 5, 10, 20 … times `least` that is not below a figure: the top of an axis. */
export function axisTop(largest: number, least: number): number {
  let top = least
  for (const factor of [2, 2.5, 2]) if (top < largest) top *= factor
  return top < largest ? axisTop(largest, top) : top
}
