/** The contract's row types under one roof, for the views. */
export type { AppStatus } from '#shared/contract/app.ts'
export type {
  AddressPage,
  BlockPage,
  BlockRow,
  ChainInfo,
  ChainMode,
  MempoolInfo,
  ModeCost,
  NetworkName,
  TransactionPage,
  TransactionRow,
  TransferEntry,
} from '#shared/contract/chain.ts'
export type {
  DemonstrationAction,
  DemonstrationEvent,
  DemonstrationPicture,
  RingMessage,
  RingPicture,
  RingWalk,
  SmallBucket,
  SmallNode,
  TreePicture,
} from '#shared/contract/demonstration.ts'
export type {
  LabBlock,
  LabChart,
  LabDrawing,
  LabExperiment,
  LabOption,
  LabOptionValue,
  LabReport,
  LabRun,
  LabSection,
  LabSeries,
  LabTable,
} from '#shared/contract/lab.ts'
export type { MinerSample, MinerStatus } from '#shared/contract/miner.ts'
export type {
  BucketView,
  OverlayNode,
  OverlayState,
  SearchCost,
  SearchState,
  SearchStep,
  StoredItemRow,
  TableContact,
} from '#shared/contract/overlays.ts'
export type { RingContact, RingHost, RingState, VirtualNode } from '#shared/contract/overlays-ring.ts'
export type { BanRow, ChainPeerRow, ContactRow, PeerRow } from '#shared/contract/peers.ts'
export type { Settings } from '#shared/contract/settings.ts'
export type {
  CreationOptions,
  CreationRow,
  FileEntry,
  MetadataProgress,
  PeerEntry,
  PublicationRow,
  SubscriptionRow,
  TorrentDetail,
  TorrentPreview,
  TorrentRow,
  TorrentSource,
  TorrentState,
  TrackerEntry,
} from '#shared/contract/torrents.ts'
export type {
  AddressRow,
  CoinRow,
  ContactRow as WalletContact,
  FeeChoice,
  FeeEstimate,
  HistoryRow,
  HistoryStatus,
  PaymentDraft,
  PaymentPlan,
  PaymentTarget,
  PlanWarning,
  Trust,
  WalletBalance,
  WalletInfo,
} from '#shared/contract/wallet.ts'
