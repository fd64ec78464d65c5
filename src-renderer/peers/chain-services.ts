/** What a peer of the chain offers, in words. The names are those of the field; they say nothing of what it does. */
const MEANINGS: Readonly<Record<string, string>> = {
  NETWORK: 'has every block',
  NETWORK_LIMITED: 'has the newest 288 blocks (BIP 159)',
  WITNESS: 'has the witnesses of blocks (BIP 144)',
  COMPACT_FILTERS: 'gives filters to light nodes (BIP 157)',
  BLOOM: 'filters for others by bloom filters (BIP 111)',
  P2P_V2: 'can encrypt its connections (BIP 324)',
}

export function serviceMeanings(services: readonly string[]): readonly string[] {
  if (services.length === 0) return ['It offers nothing, as light nodes do']
  return services.map((service) => {
    const meaning = MEANINGS[service]
    return meaning === undefined ? service : `${service}: ${meaning}`
  })
}
