// A web site of the test's own, on loopback.

import { once } from 'node:events';
import { createServer } from 'node:http';

/** Serves `answer(request, body)`, which gives `{ status?, headers?, body }`; `url` has no slash at its end. */
export async function startSite(answer) {
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const { status = 200, headers = {}, body = '' } = await answer(request, Buffer.concat(chunks).toString());
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
