/** Addresses to begin with, of the DHT, the ring or the chain: a list that is added to and taken from. */
import { Plus, X } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { Button, IconButton } from '../ui/button.tsx'
import { Field, TextInput } from '../ui/field.tsx'

export const MAX_NODES = 50
const MAX_HOST = 253
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/i

/** `host:port` as it is kept, or the sentence that says what is wrong. */
export function readNode(
  typed: string,
  example = 'router.example.org:6881',
): { readonly node: string } | { readonly problem: string } {
  const text = typed.trim()
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(text) ?? []
  if (host === '') return { problem: `Enter a host and a port, such as ${example}.` }
  if (host.includes(':') && !host.startsWith('['))
    return { problem: 'Put an IPv6 address into square brackets, such as [2001:db8::1]:6881.' }
  if (!HOST.test(host) || host.length > MAX_HOST) return { problem: `“${host}” is not a name or address of a host.` }
  const number = Number(port)
  if (number < 1 || number > 65_535) return { problem: 'A port is a number from 1 to 65,535.' }
  return { node: `${host.toLowerCase()}:${number}` }
}

function refusal(node: string, nodes: readonly string[], what: string): string | undefined {
  if (nodes.includes(node)) return `This ${what} is in the list already.`
  if (nodes.length >= MAX_NODES) return `The list holds ${MAX_NODES} ${what}s at most. Take one off first.`
  return undefined
}

export function EndpointList(props: {
  label: string
  hint: string
  /** What one of them is called. */
  what: 'node' | 'host' | 'peer'
  example: string
  nodes: readonly string[]
  onSave: (nodes: string[]) => void
}): ReactNode {
  const { nodes, label } = props
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string>()
  const field = useRef<HTMLInputElement>(null)
  const add = (): void => {
    const read = readNode(typed, props.example)
    const wrong = 'problem' in read ? read.problem : refusal(read.node, nodes, props.what)
    setProblem(wrong)
    if (wrong !== undefined || 'problem' in read) return
    props.onSave([...nodes, read.node])
    setTyped('')
  }
  const remove = (node: string): void => {
    props.onSave(nodes.filter((one) => one !== node))
    field.current?.focus()
  }
  return (
    <div>
      <Field label={label} hint={props.hint} error={problem}>
        {(wiring) => (
          <div className="flex gap-2">
            <TextInput
              {...wiring}
              ref={field}
              value={typed}
              placeholder="host:port"
              onChange={(event) => {
                setTyped(event.target.value)
                setProblem(undefined)
              }}
              onKeyDown={(event) => {
                if (event.key === 'Enter') add()
                if (event.key === 'Escape') setTyped('')
              }}
              className="max-w-80"
            />
            <Button icon={Plus} onClick={add}>
              Add
            </Button>
          </div>
        )}
      </Field>
      {nodes.length > 0 && (
        <ul aria-label={label} className="mt-2 max-w-100 divide-y divide-line rounded-sm border border-line">
          {nodes.map((node) => (
            <li key={node} className="flex h-8 items-center gap-2 pr-0.5 pl-3">
              <span data-selectable="" className="min-w-0 grow truncate font-mono text-[12px]">
                {node}
              </span>
              <IconButton label={`Take ${node} off the list`} icon={X} onClick={() => remove(node)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
