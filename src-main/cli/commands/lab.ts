import { CHAIN_PARTS } from '../../lab/chain.ts'
import { COMPARE_PARTS } from '../../lab/compare/compare.ts'
import { type CommandContext, command, type Flags, UsageError } from '../command.ts'
import { CHAIN_FLAGS, chainExperiment } from '../lab-chain.ts'
import { CHORD_FLAGS, chordExperiment } from '../lab-chord.ts'
import { COMPARE_FLAGS, compareOverlays } from '../lab-compare.ts'
import { DIFFICULTY_FLAGS, difficultyExperiment } from '../lab-difficulty.ts'
import { GNUTELLA_FLAGS, gnutellaExperiment } from '../lab-gnutella.ts'
import { KADEMLIA_FLAGS, kademliaExperiment } from '../lab-kademlia.ts'
import { PASTRY_FLAGS, pastryExperiment } from '../lab-pastry.ts'
import { SWARM_FLAGS, swarmExperiment } from '../lab-swarm.ts'
import { integerOf, wordOf } from '../values.ts'

const EXPERIMENTS = ['swarm', 'chord', 'kademlia', 'pastry', 'gnutella', 'compare', 'difficulty', 'chain'] as const
const SEED = { min: 0, max: 999_999_999_999_999 }

/** Flags of several experiments, where each has its own way to say what they are. */
const SHARED_FLAGS = {
  lookups: {
    type: 'string',
    value: 'L',
    summary:
      'lookups of random targets from random nodes (chord, kademlia, pastry and compare, 1000), searches (gnutella, 50)',
  },
  fail: {
    type: 'string',
    value: 'FRACTION',
    summary: 'part of the nodes that fail at once before the lookups (chord, kademlia, pastry, gnutella)',
  },
  churn: {
    type: 'string',
    value: 'MINUTES',
    summary: 'median session; whoever goes is replaced (chord, kademlia, pastry)',
  },
  share: {
    type: 'string',
    value: 'FRACTION',
    summary: 'part of the nodes that hold what is searched by flooding (gnutella and compare, 0.01)',
  },
  parts: {
    type: 'string',
    value: 'A,B',
    summary: `all, or which of ${COMPARE_PARTS.join(', ')} (compare); of ${CHAIN_PARTS.join(', ')} (chain)`,
  },
  join: {
    type: 'boolean',
    summary: 'nodes join one by one; else they start with good tables (chord, kademlia, pastry)',
  },
} as const satisfies Flags

/** Flags of each experiment besides `--nodes` and `--seed`; one that only others have is refused. */
const FLAGS_OF = {
  swarm: Object.keys(SWARM_FLAGS),
  chord: Object.keys(CHORD_FLAGS),
  kademlia: Object.keys(KADEMLIA_FLAGS),
  pastry: Object.keys(PASTRY_FLAGS),
  gnutella: Object.keys(GNUTELLA_FLAGS),
  compare: Object.keys(COMPARE_FLAGS),
  difficulty: Object.keys(DIFFICULTY_FLAGS),
  chain: Object.keys(CHAIN_FLAGS),
}

export const lab = command({
  name: 'lab',
  summary:
    'an experiment on a simulated network: swarm (one server against a swarm), chord (lookups on a ring), kademlia (lookups by XOR distance), pastry (routing by prefix), gnutella (searches by flooding), compare (all four, and a chain), difficulty (rules of a chain), chain (blocks among nodes)',
  positionals: ['EXPERIMENT'],
  flags: {
    nodes: {
      type: 'string',
      value: 'N',
      summary:
        'how many peers at most (swarm, 20) or nodes (chord, kademlia, pastry, gnutella and compare, 1000; chain, 60)',
    },
    seed: { type: 'string', value: 'S', summary: 'the same seed gives the same run; 1 if left out' },
    ...SWARM_FLAGS,
    ...CHORD_FLAGS,
    ...KADEMLIA_FLAGS,
    ...PASTRY_FLAGS,
    ...GNUTELLA_FLAGS,
    ...COMPARE_FLAGS,
    ...DIFFICULTY_FLAGS,
    ...CHAIN_FLAGS,
    ...SHARED_FLAGS,
  },
  examples: [
    'lab swarm --nodes 20',
    'lab swarm --nodes 100 --seed 7 --json',
    'lab chord --nodes 10000 --lookups 2000 --route fingers',
    'lab kademlia --nodes 10000 --lookups 2000',
    'lab kademlia --nodes 500 --churn 10 --nat 0.5 --json',
    'lab pastry --nodes 10000 --lookups 2000',
    'lab gnutella --nodes 10000 --ttl 7',
    'lab compare --parts lookups --nodes 10000',
    'lab difficulty --seeds 200 --json',
    'lab chain --parts forks,selfish --seed 7',
  ],
  run: async ({ positionals, flags }, context: CommandContext) => {
    const experiment = wordOf(positionals[0] as string, 'EXPERIMENT', EXPERIMENTS)
    for (const other of EXPERIMENTS) {
      if (other === experiment) continue
      const stray = FLAGS_OF[other].find(
        (name) => !FLAGS_OF[experiment].includes(name) && flags[name as keyof typeof flags] !== undefined,
      )
      if (stray) throw new UsageError(`--${stray} is for "lab ${other}". See: shoal lab --help`)
    }
    const seed = flags.seed === undefined ? 1 : integerOf(flags.seed, '--seed', SEED)
    if (experiment === 'swarm') await swarmExperiment(flags, seed, context)
    else if (experiment === 'chord') await chordExperiment(flags, seed, context)
    else if (experiment === 'kademlia') await kademliaExperiment(flags, seed, context)
    else if (experiment === 'pastry') await pastryExperiment(flags, seed, context)
    else if (experiment === 'gnutella') await gnutellaExperiment(flags, seed, context)
    else if (experiment === 'compare') await compareOverlays(flags, seed, context)
    else if (experiment === 'chain') await chainExperiment(flags, seed, context)
    else await difficultyExperiment(flags, seed, context)
  },
})
