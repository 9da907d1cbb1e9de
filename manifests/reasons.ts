/** Every code that this room answers with, and the sentence that documents it (docs/reasons.md is tested against it). */

/** Why a manifest cannot be read at all, or is not the one whose hash is on chain. */
export const PARSE_REASONS = {
  ManifestTooLarge: 'The manifest is longer than a mebibyte.',
  ManifestTooDeep: 'The manifest nests objects and lists more than 32 levels deep.',
  ManifestTooManyNodes: 'The manifest has more than 100,000 members and elements.',
  ManifestNotJson: 'The manifest is not JSON in UTF-8.',
  ManifestFieldInvalid: 'A field has another type or range than the manifest format gives it.',
  ManifestVersionMismatch:
    "The manifest's hash is not the one that the deployment's last create or update transaction put on chain.",
} as const;

/** Why a manifest is refused whatever is on chain. */
export const VALIDATION_REASONS = {
  ManifestEmpty: 'The manifest has no groups.',
  GroupNameEmpty: 'A group has no name.',
  GroupNameDuplicate: 'Two groups have one name.',
  GroupWithoutServices: 'A group has no services.',
  NoGlobalExpose: 'No service of a group exposes a port to the world.',
  ServicesNotSorted: 'The services of a group are not sorted by name.',
  ServiceNameDuplicate: 'Two services of a group have one name.',
  ServiceNameInvalid:
    'A service name does not begin with a letter, holds other than lower-case letters, digits and dashes, or has more than 50 of them.',
  ServiceNameReserved:
    'A service has the name of a Kubernetes object that another service needs, such as "web-np" beside "web".',
  ImageInvalid: 'An image name is empty or holds white space.',
  CountZero: 'A service has no replicas.',
  ResourceIdZero: "A service's resource unit has no number.",
  ResourceMissing: 'A service does not state its CPU, memory, GPU, storage or endpoints.',
  ResourceZero: 'A service asks for no CPU or memory, or for a volume of no size.',
  CpuArchUnknown: 'A service asks for a processor architecture that no node has.',
  GpuAttributeInvalid: 'A GPU attribute is of unknown form.',
  GpuVendorUnknown: 'A GPU attribute names a vendor other than nvidia and amd.',
  GpuVendorsMixed: 'A service accepts GPUs of several vendors.',
  EnvNameInvalid: 'An environment variable has a name that Kubernetes refuses.',
  VolumeUnknown: "A mount names a volume that is not among the service's storage.",
  VolumeDuplicate: 'Two volumes of a service have one name.',
  VolumeNameInvalid: 'A volume has a name that Kubernetes refuses.',
  StorageClassInvalid: 'A storage class has a name that Kubernetes refuses.',
  MountInvalid: 'A mount is not an absolute path below the root, or holds a colon.',
  MountDuplicate: 'Two volumes of a service are mounted at one path.',
  MountMissing: 'A persistent volume is not mounted.',
  PermissionUnknown: 'A service asks to read what no permission covers.',
  TeeUnsupported: 'A service asks for a trusted execution environment, which is not offered.',
  PortInvalid: 'A port is not between 1 and 65535.',
  ProtocolInvalid: 'A protocol is neither TCP nor UDP.',
  ExposeNotSorted: 'Exposed ports are not sorted by service, port and protocol, the global first.',
  ExternalPortConflict: 'Two ports of a service are exposed as the same one.',
  LeasedIpNotGlobal: 'A port at a leased IP is not global.',
  LeasedIpWithoutNumber: 'A port at a leased IP does not give its endpoint number.',
  LeasedIpPortDuplicate: 'A port of a leased IP is used twice.',
  HostnameInvalid: 'A hostname is not a lower-case DNS name.',
  HostnameDuplicate: 'A hostname is used twice in the manifest.',
  HostnameMissing: 'An HTTP port names no hostname, and the provider gives none.',
  HttpOptionOutOfRange: 'An HTTP option is beyond what the SDL allows.',
} as const;

/** Why a manifest does not agree with the groups of its deployment on chain. */
export const CROSS_VALIDATION_REASONS = {
  GroupCountDiffers: 'The manifest has more or fewer groups than the deployment on chain.',
  GroupUnknown: 'The deployment on chain has no group of that name.',
  ResourceUnitUnknown: 'The on-chain group has no resource unit of that number.',
  ReplicasOverUsed: 'A service has more replicas than its resource unit has left.',
  ReplicasUnused: 'Replicas of an on-chain resource unit are not used by any service.',
  CpuDiffers: "A service's CPU is not that of its resource unit.",
  MemoryDiffers: "A service's memory is not that of its resource unit.",
  GpuDiffers: "A service's GPUs are not those of its resource unit.",
  StorageDiffers: "A service's volumes are not those of its resource unit.",
  EndpointOverUsed: 'A service exposes a port for which its resource unit has no endpoint left.',
  EndpointsUnused: 'Endpoints of an on-chain resource unit are not used by any service.',
} as const;

/** A code that static or cross validation may report. */
export type ValidationCode =
  keyof typeof VALIDATION_REASONS | keyof typeof CROSS_VALIDATION_REASONS;
