/** Static checks of one service, its ports aside. */
import { isPersistent, storageClassOf } from '../market/resources.js';
import type { Place } from './finding.js';
import { tryParseGpuAttribute } from './gpu-resource.js';
import type { ManifestService } from './manifest.js';
import { serviceResources } from './service-resources.js';
import { isHostname } from './validate-expose.js';

/** Kubernetes cuts names at 63 letters; the longest of ours, a load balancer's, adds `-ip-65535-tcp`. */
const LONGEST_SERVICE_NAME = 50;
const LONGEST_LABEL = 63;

const SERVICE_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** Kubernetes' rule for names of environment variables. */
const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const PERMISSIONS: readonly string[] = ['deployment', 'logs', 'events'];

const ARCHITECTURES: readonly string[] = ['amd64', 'arm64'];
const GPU_VENDORS: readonly string[] = ['nvidia', 'amd'];

const checkAttributes = (service: ManifestService, place: Place): void => {
  const { cpuAttributes, gpuAttributes } = serviceResources(service);
  cpuAttributes.forEach(({ key, value }, i) => {
    if (key === 'arch' && !ARCHITECTURES.includes(value))
      place
        .at('cpu', 'attributes', i)
        .report('CpuArchUnknown', `"${value}" is none of ${ARCHITECTURES.join(', ')}`);
  });
  const vendors = new Set<string>();
  gpuAttributes.forEach((attribute, i) => {
    const at = place.at('gpu', 'attributes', i);
    const gpu = tryParseGpuAttribute(attribute.key);
    if (typeof gpu === 'string') at.report('GpuAttributeInvalid', gpu);
    else if (!GPU_VENDORS.includes(gpu.vendor))
      at.report('GpuVendorUnknown', `"${gpu.vendor}" is none of ${GPU_VENDORS.join(', ')}`);
    else vendors.add(gpu.vendor);
  });
  if (vendors.size > 1)
    place
      .at('gpu', 'attributes')
      .report('GpuVendorsMixed', 'one service cannot take GPUs of either vendor');
};

const checkResources = (service: ManifestService, place: Place): void => {
  const { resources } = service;
  if (resources.id === 0)
    place.at('id').report('ResourceIdZero', 'resource units are numbered from 1');
  for (const part of ['cpu', 'memory', 'storage', 'gpu', 'endpoints'] as const) {
    if (resources[part] === undefined || resources[part] === null)
      place.at(part).report('ResourceMissing', `a service must state its ${part}`);
  }
  if (resources.cpu?.units.val === '0')
    place.at('cpu', 'units').report('ResourceZero', 'a service needs some CPU');
  if (resources.memory?.size.val === '0')
    place.at('memory', 'size').report('ResourceZero', 'a service needs some memory');
};

const checkEnv = (service: ManifestService, place: Place): void => {
  (service.env ?? []).forEach((pair, i) => {
    const [name = ''] = pair.split('=', 1);
    if (!ENV_NAME.test(name) || name === '.' || name.startsWith('..'))
      place.at(i).report('EnvNameInvalid', `"${name}" is no name for an environment variable`);
  });
};

const checkMounts = (service: ManifestService, place: Place): void => {
  const paths = new Set<string>();
  const volumes = serviceResources(service).storage;
  (service.params?.storage ?? []).forEach(({ name, mount }, i) => {
    const volume = volumes.find((v) => v.name === name);
    if (volume === undefined)
      place.at(i, 'name').report('VolumeUnknown', `the service's storage has no volume "${name}"`);
    if (!/^\/[^:]+$/.test(mount) && (mount !== '' || volume === undefined || isPersistent(volume)))
      place
        .at(i, 'mount')
        .report(
          'MountInvalid',
          `"${mount}" must be an absolute path below the root, without a colon`,
        );
    if (mount !== '' && paths.has(mount))
      place.at(i, 'mount').report('MountDuplicate', `"${mount}" is used by another volume`);
    paths.add(mount);
  });
};

const checkVolumes = (service: ManifestService, place: Place): void => {
  const names = new Set<string>();
  const mounted = new Set((service.params?.storage ?? []).map((s) => s.name));
  serviceResources(service).storage.forEach((volume, i) => {
    const { name } = volume;
    if (names.has(name)) place.at(i, 'name').report('VolumeDuplicate', `"${name}" is used twice`);
    names.add(name);
    if (volume.quantityBytes === 0n)
      place.at(i, 'size').report('ResourceZero', 'a volume needs a size');
    const isMade = isPersistent(volume) || mounted.has(name);
    if (isMade && (!DNS_LABEL.test(name) || service.name.length + 1 + name.length > LONGEST_LABEL))
      place
        .at(i, 'name')
        .report(
          'VolumeNameInvalid',
          `"${name}" must be of lower-case letters, digits and dashes, and with the service's name at most ${LONGEST_LABEL - 1} letters`,
        );
    if (!isHostname(storageClassOf(volume)))
      place
        .at(i, 'attributes')
        .report('StorageClassInvalid', `"${storageClassOf(volume)}" is no name of a storage class`);
    if (isPersistent(volume) && !mounted.has(name))
      place.at(i).report('MountMissing', `the persistent volume "${name}" must be mounted`);
  });
};

const checkParams = (service: ManifestService, place: Place): void => {
  (service.params?.permissions?.read ?? []).forEach((name, i) => {
    if (!PERMISSIONS.includes(name))
      place
        .at('permissions', 'read', i)
        .report('PermissionUnknown', `"${name}" is none of ${PERMISSIONS.join(', ')}`);
  });
  if (service.params?.tee !== undefined)
    place
      .at('tee')
      .report('TeeUnsupported', 'this provider offers no trusted execution environment');
};

/** Reports every fault of a service. */
export const checkService = (service: ManifestService, place: Place): void => {
  if (!SERVICE_NAME.test(service.name) || service.name.length > LONGEST_SERVICE_NAME)
    place
      .at('name')
      .report(
        'ServiceNameInvalid',
        `"${service.name}" must begin with a letter, be of lower-case letters, digits and dashes, and have at most ${LONGEST_SERVICE_NAME} of them`,
      );
  if (!/^\S+$/.test(service.image))
    place.at('image').report('ImageInvalid', 'an image name without white space is needed');
  if (service.count === 0)
    place.at('count').report('CountZero', 'a service needs at least one replica');
  checkResources(service, place.at('resources'));
  checkAttributes(service, place.at('resources'));
  checkEnv(service, place.at('env'));
  checkMounts(service, place.at('params', 'storage'));
  checkVolumes(service, place.at('resources', 'storage'));
  checkParams(service, place.at('params'));
};
