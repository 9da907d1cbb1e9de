/** The Secret that lets the node pull a tenant's private image. */
import { toBase64, toUtf8 } from '@cosmjs/encoding';
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { LeaseWorkload } from './lease-workload.js';
import type { ManifestCredentials, ManifestService } from './manifest.js';
import { workloadMetadata } from './metadata.js';
import { credentialsSecretName } from './names.js';
import { credentialsOf } from './pod-template.js';

/** The text of a Docker configuration with one registry. */
const dockerConfig = ({ host, username, password, email }: ManifestCredentials): string => {
  const [user, secret] = [username.trim(), password.trim()];
  const entry = {
    username: user,
    password: secret,
    ...(email !== '' && { email: email.trim() }),
    auth: toBase64(toUtf8(`${user}:${secret}`)),
  };
  return JSON.stringify({ auths: { [host]: entry } });
};

/** Adds the Secret when the tenant gave credentials. */
export const addDockerCredentials = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
): void => {
  const credentials = credentialsOf(service);
  if (credentials === undefined) return;
  const name = credentialsSecretName(service.name);
  new k8s.KubeSecret(scope, `secret-${name}`, {
    metadata: workloadMetadata(input, service.name, name),
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': toBase64(toUtf8(dockerConfig(credentials))) },
  });
};
