import assert from 'node:assert/strict';
import { test } from 'node:test';
import Hypeman from '@onkernel/hypeman';
import { client, collect, finished, hello, reached, refused, source } from './setup.mjs';

test('cancels a running build and stops its work', async () => {
  const made = await client.builds.create({ source: await source(hello('trap "" TERM INT; sleep 300')) });
  await reached(made.id, 'building');
  assert.equal(await client.builds.cancel(made.id), null);
  const build = await finished(made.id);
  assert.equal(build.status, 'cancelled');
  assert.equal(build.image_digest, null);
  assert.ok(build.completed_at);
  const events = await collect(await client.builds.events(made.id, { follow: true }));
  assert.equal(events.at(-1).status, 'cancelled');
});

test('cancels a queued build', async () => {
  const blockers = [];
  let waiting;
  for (let n = 0; n < 40 && !waiting; n++) {
    const made = await client.builds.create({ source: await source(hello(`sleep 120; echo ${n}`)) });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const now = await client.builds.get(made.id);
    if (now.status === 'queued') {
      assert.ok(now.queue_position >= 1);
      waiting = made.id;
    } else blockers.push(made.id);
  }
  assert.ok(waiting, 'no build had to wait');
  assert.equal(await client.builds.cancel(waiting), null);
  assert.equal((await client.builds.get(waiting)).status, 'cancelled');
  for (const id of blockers) await client.builds.cancel(id);
  for (const id of blockers) assert.equal((await finished(id)).status, 'cancelled');
});

test('refuses to cancel what has ended, once', async () => {
  const made = await client.builds.create({ source: await source(hello()) });
  await finished(made.id);
  let calls = 0;
  const counting = new Hypeman({
    baseURL: client.baseURL,
    apiKey: client.apiKey,
    fetch: (...args) => {
      calls++;
      return fetch(...args);
    },
  });
  const error = await refused(() => counting.builds.cancel(made.id));
  assert.ok(error instanceof Hypeman.ConflictError);
  assert.equal(error.status, 409);
  assert.equal(calls, 1, 'x-should-retry: false was not obeyed');
});

test('knows no foreign id', async () => {
  for (const id of ['nobody', 'a'.repeat(24), '../../etc/passwd', 'a/b', '%2e%2e']) {
    const error = await refused(() => client.builds.get(id));
    assert.equal(error.status, 404, id);
    assert.equal((await refused(() => client.builds.cancel(id))).status, 404, id);
    assert.equal((await refused(() => client.builds.events(id))).status, 404, id);
  }
});
