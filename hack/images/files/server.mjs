// A server that tells what it sees of its container, and can be asked to outgrow its memory: GET / and GET /allocate?mib=N.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const first = (...paths) => {
  for (const path of paths) {
    try {
      return readFileSync(path, 'utf8').trim();
    } catch {
      // The other version of control groups.
    }
  }
  return '';
};

const kept = [];
const port = Number(process.env.PORT ?? 8080);
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  console.log(`${request.method} ${url.pathname}`);
  if (url.pathname === '/allocate') {
    // Written to, so that it is real memory and not a promise.
    for (let mib = Number(url.searchParams.get('mib')); mib > 0; mib -= 1)
      kept.push(Buffer.alloc(1 << 20, 1));
  }
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      hostname: hostname(),
      user: process.getuid(),
      host: request.headers.host,
      environment: process.env,
      memoryLimit: first(
        '/sys/fs/cgroup/memory/memory.limit_in_bytes',
        '/sys/fs/cgroup/memory.max',
      ),
      cpuQuota: first('/sys/fs/cgroup/cpu/cpu.cfs_quota_us', '/sys/fs/cgroup/cpu.max').split(
        ' ',
      )[0],
    }),
  );
});
server.listen(port, () => console.log(`listening on ${port}`));
process.on('SIGTERM', () => process.exit(0));
