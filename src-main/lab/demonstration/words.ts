/** Lists of numbers in words. */

/** `22 to 26, 30 and 54`: runs of three or more are drawn together. In the order given. */
export function listed(numbers: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < numbers.length; ) {
    let end = i
    while (numbers[end + 1] === (numbers[end] as number) + 1) end += 1
    if (end - i >= 2) {
      parts.push(`${numbers[i]} to ${numbers[end]}`)
      i = end + 1
    } else {
      parts.push(`${numbers[i]}`)
      i += 1
    }
  }
  if (parts.length < 2) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** `key 54`, `keys 22 to 26`, `no keys`. */
export function keysInWords(keys: readonly number[]): string {
  if (keys.length === 0) return 'no keys'
  return `${keys.length === 1 ? 'key' : 'keys'} ${listed(keys)}`
}
