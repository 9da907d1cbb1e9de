/**
 * The configuration of nginx for Ingress objects: one server for each host, the annotations that `manifests/` writes as the
 * directives that ingress-nginx makes of them (its annotations page; nginx's http, proxy and map modules).
 */
import type { V1Ingress } from '@kubernetes/client-node';

/** Where a Service is reached. */
export interface Upstream {
  readonly namespace: string;
  readonly service: string;
  readonly clusterIp: string;
}

/** nginx's directive by ingress-nginx' annotation; a unit is added where nginx wants one. */
const DIRECTIVES: Readonly<Record<string, readonly [directive: string, unit: string]>> = {
  'proxy-body-size': ['client_max_body_size', ''],
  'proxy-buffer-size': ['proxy_buffer_size', ''],
  'proxy-next-upstream': ['proxy_next_upstream', ''],
  'proxy-next-upstream-timeout': ['proxy_next_upstream_timeout', 's'],
  'proxy-next-upstream-tries': ['proxy_next_upstream_tries', ''],
  'proxy-read-timeout': ['proxy_read_timeout', 's'],
  'proxy-send-timeout': ['proxy_send_timeout', 's'],
};
const PREFIX = 'nginx.ingress.kubernetes.io/';
/** Words and numbers; anything else could end a directive and begin another. */
const HARMLESS = /^[\w ]+$/;

const directivesOf = ({ metadata }: V1Ingress): readonly string[] => {
  const annotations = metadata?.annotations ?? {};
  const lines = Object.entries(DIRECTIVES).flatMap(([name, [directive, unit]]) => {
    const value = annotations[PREFIX + name];
    return value === undefined || !HARMLESS.test(value) ? [] : [`${directive} ${value}${unit};`];
  });
  const buffer = annotations[`${PREFIX}proxy-buffer-size`];
  // As ingress-nginx: nginx refuses one buffer that is larger than what it may keep busy.
  return buffer === undefined || !HARMLESS.test(buffer)
    ? lines
    : [...lines, `proxy_buffers 4 ${buffer};`];
};

const locationsOf = (ingress: V1Ingress, upstreams: readonly Upstream[]) => {
  const namespace = ingress.metadata?.namespace;
  return (ingress.spec?.rules ?? []).map(({ host = '_', http }) => ({
    host,
    locations: (http?.paths ?? []).map(({ path = '/', pathType, backend }) => {
      const name = backend.service?.name;
      const port = backend.service?.port?.number;
      const to = upstreams.find((u) => u.namespace === namespace && u.service === name);
      const answer =
        to === undefined || port === undefined
          ? 'return 503;'
          : `proxy_pass http://${to.clusterIp}:${port};`;
      return `location ${pathType === 'Exact' ? '= ' : ''}${path} { ${answer} }`;
    }),
  }));
};

/** @param listen address and port to listen on; a host that no rule names is answered 404 */
export const nginxConf = (
  listen: string,
  ingresses: readonly V1Ingress[],
  upstreams: readonly Upstream[],
): string => {
  const servers = ingresses.flatMap((ingress) =>
    locationsOf(ingress, upstreams).map(({ host, locations }) =>
      [
        '  server {',
        ...[`listen ${listen};`, `server_name ${host};`].map((line) => `    ${line}`),
        ...[...directivesOf(ingress), ...locations].map((line) => `    ${line}`),
        '  }',
      ].join('\n'),
    ),
  );
  return `daemon off;
pid /run/nginx.pid;
error_log stderr notice;
user nobody nogroup;
worker_processes 1;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path /run/nginx-body;
  proxy_temp_path /run/nginx-proxy;
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header X-Forwarded-Proto $scheme;
  server { listen ${listen} default_server; return 404; }
${servers.toSorted().join('\n')}
}
`;
};
