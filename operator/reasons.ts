/** Every code of the operator's own, and the sentence that documents it (docs/reasons.md is tested against it). */

/** Why nothing is decided, or the provider is not ready. Also the reasons of a ComputeProvider's conditions. */
export const PROVIDER_REASONS = {
  Starting: 'The operator has just started and has read nothing yet.',
  Stopping: 'The operator is stopping; nothing new is begun.',
  ComputeProviderMissing:
    'There is no ComputeProvider of the configured name. Before the start nothing runs; deleted later, leases go on by what it said last and nothing more is sold.',
  WrongKey: "The signing key belongs to another account than the ComputeProvider's address.",
  SignerUnavailable:
    'The process that holds the key does not answer; nothing is signed until it does.',
  LeadershipLost:
    "The leader-election Lease could not be renewed or is another's; the process ends so that two never bid.",
  OperatorFailed: 'A fault of the operator itself; it ends and is started again.',
  ChainNeverSeen: 'No block has been seen from any endpoint since the start.',
  ChainStale: 'The last block seen is too old: no bids and no teardown until a new one comes.',
  EndpointUnhealthy:
    'A chain endpoint is not asked any more, or has stopped answering; the Event says why (docs/operations.md).',
  ChainNotRead: 'Orders, bids and leases have not been listed yet.',
  InventoryNotSynced: 'Nodes, pods and namespaces have not been listed completely yet.',
  InventoryStale: 'The API server has said nothing for too long; what is free is unknown.',
  PoliciesNotSynced: 'The price books have not been read yet.',
  NoPricingPolicy: 'There is no PricingPolicy; nothing is ever sold without a price.',
  PolicyInvalid:
    'A PricingPolicy cannot be used; the field says where. No other takes its place, since whom it is for cannot be read.',
  Paused: 'Bidding is switched off in the ComputeProvider.',
  BidsNotRecovered: 'Bids that an earlier run left in flight are still being looked through.',
  NotRegistered: 'The provider has no record on chain yet.',
  NotChecked: 'The record on chain has not been checked yet.',
  RegistrationRefused:
    'The chain refused the record or the certificate; the message has its words.',
  RegistrationUnknown: 'The record on chain could not be read or written; it is tried again.',
  RecordCurrent: 'The record on chain says what it should.',
  RecordChangePending:
    'The record on chain is to be changed; the change is shown until it has stood for `spec.record.quietSeconds` (capabilities that are gone: `dropAfterSeconds`).',
  RecordUpdated: 'The record on chain was updated; the Event names the changes.',
  SignaturesWouldBeLost:
    'The pending change of the record on chain takes away what an auditor signed: orders that ask for the signature are lost until it is given anew.',
  RecordDryRun:
    'The record on chain differs, and `spec.record.mode` is DryRun: the change is only shown. Set it to Apply to send it.',
  RecordBudgetReached: 'The updates of the record that a day may have are used.',
  RecordHeldByLeases:
    'The record on chain keeps something that is configured or there no longer, since an active lease relies on it.',
  CertificateRevoked:
    "The gateway's certificate is revoked on chain; delete its Secret to get a new one.",
  CertificateUnreadable: "The gateway's Secret holds no certificate; delete it to get a new one.",
  WalletNotRead: 'The wallet has not been read yet.',
  WalletLow: 'The wallet holds no more than the reserve for closes and withdrawals.',
  FeesRunOutSoon:
    'At the recent pace of fees the wallet is down to its reserve within the hours that the ComputeProvider names.',
  GrantsNotRead: 'What the hot key may do has not been read from the chain yet.',
  GrantMissing:
    "The provider's account does not let the hot key send a message that it needs; no bid is made until it does.",
  GrantExpired: 'A right of the hot key has ended; no bid is made until it is given anew.',
  GrantsExpireSoon:
    'A right of the hot key or its fee allowance ends within the days that the ComputeProvider names.',
  GranteeChanged:
    'spec.grantee of the ComputeProvider was changed; the process ends and starts with the new one.',
  FeeAllowanceMissing:
    "The provider's account pays no fees for the hot key, or not for messages run by a grant.",
  FeeAllowanceExpired: "The hot key's fee allowance has ended.",
  FeeAllowanceSpent:
    'What is left of the fee allowance is kept for closes and withdrawals; no bid is made.',
  FeeAccountLow:
    'The hot key pays its own fees and its account holds no more than the reserve for closes and withdrawals.',
  RefillPending: 'uact is on its way to become uakt, at the end of an epoch of the chain.',
  RefillRefused: 'The chain refused to turn uact into uakt; the message has its words.',
  RefillHalted: 'The chain turns no uact into uakt now, or its oracle has no price.',
  RefillCanceled: 'The chain took uact to be turned into uakt and gave it back.',
  RefillExhausted: 'What may be burned today is burned, or the uact left are to be kept.',
} as const;

/** What became of a bid, or why none is made. */
export const BID_REASONS = {
  OwnerPendingShare:
    "One tenant's open bids hold as large a share of the cluster as one tenant's may.",
  IntentNotWritten: 'The intent could not be written down, so nothing was sent.',
  IntentUnreadable: 'An intent of another version or a strange hand; it is left alone.',
  BidRejected: 'The chain refused the bid before the mempool took it.',
  BidFailedInBlock: 'The chain refused the bid in its block; the fee is spent.',
  BidFailed: 'The bid failed and the chain gave no reason.',
  TxExpired: 'The bid was not included before its timeout and can never land any more.',
  BidTimeout: 'Nobody accepted the bid in time; it is closed, and its deposit and GPUs are free.',
  CloseRacedLease:
    'The tenant took the bid in the very block that closed it, so the new lease ended at once; nothing ran on it yet.',
  BidClosed: 'The bid was closed, or its order ended without a lease.',
  LostToAnother: "The tenant took another provider's bid.",
  LeaseEnded: 'The lease that the bid won has ended.',
  PlacementUnknown: 'A bid or lease of ours has no Bid object; its pods count once they exist.',
} as const;

/** What holds a lease up. Also the reasons of a ComputeLease's conditions. */
export const LEASE_REASONS = {
  NoneIll: 'No GPU on the nodes where the lease has some is known to be ill.',
  GpuIll:
    'A GPU in use on a node where the lease has some is ill; what runs is left alone and nothing new is placed on it.',
  GpuBack: 'A GPU that was ill has passed its proving run.',
  ChainUnavailable: 'No endpoint answered; the lease is left as it is.',
  ChainLagging: 'The endpoint is behind what was seen already; its answers are no proof.',
  NoSecondOpinion:
    'Only one chain endpoint can be asked and it is not marked trusted; nothing is torn down or closed on its word.',
  EndpointsDisagree:
    'Chain endpoints have different blocks or give different answers; nothing is torn down or closed until they agree.',
  LeaseNotOnChain:
    'The chain has no record of the lease; without a record of its end nothing is torn down.',
  AwaitingManifest: 'The tenant has sent no manifest yet.',
  ManifestTimeout: 'No manifest came in time; the lease is closed on chain.',
  ManifestInvalid: 'The stored manifest cannot be read.',
  ManifestGroupMissing: "The manifest has no group of the lease's name.",
  ManifestSecretMissing:
    'A workload exists and the Secret with its manifest does not; what runs is left as it is.',
  ObjectRefused:
    'The API server, a quota or an admission policy refuses an object; the message has its words.',
  NamespaceTerminating:
    'Somebody is deleting the namespace of a living lease; it is made anew once it is gone.',
  NothingDeployed: 'No workload exists yet.',
  ReplicasNotReady: 'Some replicas are not ready; the message names them and why.',
  DeviceUnhealthy:
    'Every replica runs, but the device plugin reports a device under one of them ill; the message names it.',
  EscrowEmpty:
    'The escrow account cannot pay the next block; the lease ends when it is settled, unless the tenant deposits more.',
  EscrowRunningOut: 'The escrow account is nearly empty; the tenant should deposit more.',
  NotRead: 'The escrow account has not been read yet.',
  WithdrawalFailed: 'The chain refused a withdrawal; it is tried again later.',
} as const;

/** Why the screening service gives no explanation. */
export const SCREENING_REASONS = {
  ScreeningTokenInvalid: 'The token of the request is missing or wrong.',
  ScreeningRequestInvalid: 'The question cannot be read; the field says where.',
  ScreeningFailed: 'The question could not be answered for a fault of the operator or the chain.',
  OrderUnknown: 'The chain has no such order.',
  NotLeading: 'Another replica leads, and only the leader knows what is reserved.',
} as const;
