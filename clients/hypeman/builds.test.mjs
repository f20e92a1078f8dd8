import { createHash } from 'node:crypto';
import assert from 'node:assert/strict';
import { createReadStream, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { archive, base, client, collect, finished, hello, source } from './setup.mjs';

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

test('creates from memory and is ready with a digest', async () => {
  const made = await client.builds.create({ source: await source(hello()) });
  assert.equal(made.status, 'queued');
  assert.match(made.id, /^[a-z][a-z0-9]{23}$/);
  assert.match(made.created_at, rfc3339);
  for (const member of ['started_at', 'completed_at', 'duration_ms', 'image_digest', 'image_ref', 'error']) {
    assert.equal(made[member], null, member);
  }
  assert.ok(!('provenance' in made) && !('tags' in made));
  const build = await finished(made.id);
  assert.equal(build.status, 'ready', build.error);
  assert.match(build.image_digest, /^sha256:[0-9a-f]{64}$/);
  assert.ok(build.image_ref.endsWith(`builds/${made.id}`), build.image_ref);
  assert.match(build.started_at, rfc3339);
  assert.match(build.completed_at, rfc3339);
  assert.ok(build.duration_ms >= 0);
  assert.equal(build.queue_position, null);
  assert.equal(build.error, null);
});

test('creates from a stream', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'cairn-client-')), 'context.tar.gz');
  writeFileSync(file, await archive(hello()));
  const made = await client.builds.create({ source: createReadStream(file), tags: JSON.stringify({ way: 'stream' }) });
  const build = await finished(made.id);
  assert.equal(build.status, 'ready', build.error);
  assert.deepEqual(build.tags, { way: 'stream' });
});

test('tells the provenance', async () => {
  const files = { ...hello('echo provenance'), 'package-lock.json': '{}' };
  const bytes = await archive(files);
  const made = await client.builds.create({ source: new File([bytes], 's.tgz') });
  const { provenance } = await finished(made.id);
  const { createHash } = await import('node:crypto');
  const sha = (data) => createHash('sha256').update(data).digest('hex');
  assert.equal(provenance.source_hash, sha(bytes));
  assert.deepEqual(provenance.lockfile_hashes, { 'package-lock.json': sha('{}') });
  assert.match(provenance.base_image_digest, /^sha256:/);
  assert.ok(provenance.buildkit_version.length > 0);
  assert.match(provenance.timestamp, rfc3339);
});

test('takes an inline Dockerfile, also beside one in the source', async () => {
  const alone = await client.builds.create({
    source: await source({ 'a.txt': 'a' }),
    dockerfile: `FROM ${base}\nCOPY a.txt /a.txt\nRUN test "$(cat /a.txt)" = a\n`,
  });
  assert.equal((await finished(alone.id)).status, 'ready');
  const both = await client.builds.create({
    source: await source({ Dockerfile: `FROM ${base}\nRUN false\n` }),
    dockerfile: `FROM ${base}\nRUN true\n`,
  });
  assert.equal((await finished(both.id)).status, 'ready');
});

test('gives the same image under image_name', async () => {
  const made = await client.builds.create({ source: await source(hello('echo named')), image_name: 'team/named:v1' });
  const build = await finished(made.id);
  assert.equal(build.status, 'ready', build.error);
  assert.ok(build.image_ref.includes('team/named'), build.image_ref);
});

test('fails with the reason of the failing step', async () => {
  const made = await client.builds.create({ source: await source(hello('echo before; exit 7')) });
  const build = await finished(made.id);
  assert.equal(build.status, 'failed');
  assert.match(build.error, /exit code: 7/);
  assert.match(build.error, /Dockerfile:2/);
  assert.equal(build.image_digest, null);
});

test('lists newest first and filters by tags', async () => {
  const tags = { suite: `list-${Date.now()}`, 'with space': 'a b' };
  const ids = [];
  for (const n of [1, 2, 3]) {
    const made = await client.builds.create({
      source: await source(hello(`echo ${n}`)),
      tags: JSON.stringify({ ...tags, n: String(n) }),
    });
    ids.unshift(made.id);
  }
  const all = await client.builds.list();
  const times = all.map((build) => build.created_at);
  assert.deepEqual(times, [...times].sort().reverse());
  const mine = await client.builds.list({ tags: { suite: tags.suite } });
  assert.deepEqual(mine.map((build) => build.id), ids);
  const one = await client.builds.list({ tags: { suite: tags.suite, n: '2' } });
  assert.deepEqual(one.map((build) => build.id), [ids[1]]);
  assert.deepEqual(await client.builds.list({ tags: { suite: 'nobody' } }), []);
  await Promise.all(ids.map((id) => finished(id)));
});

test('replays the log of a finished build without follow', async () => {
  const made = await client.builds.create({ source: await source(hello('echo line-one; echo line-two')) });
  await finished(made.id);
  const events = await collect(await client.builds.events(made.id));
  assert.ok(events.every((event) => event.type === 'log' && rfc3339.test(event.timestamp)));
  const lines = events.map((event) => event.content ?? '').join('\n');
  assert.ok(lines.indexOf('line-one') < lines.indexOf('line-two') && lines.includes('line-one'), lines);
});

test('follows a running build to its end', async () => {
  const made = await client.builds.create({
    source: await source(hello('for i in 1 2 3 4 5; do echo tick-$i; sleep 0.2; done')),
  });
  const events = await collect(await client.builds.events(made.id, { follow: true }));
  assert.equal(events.at(-1).type, 'status');
  assert.equal(events.at(-1).status, 'ready');
  const statuses = events.filter((event) => event.type === 'status').map((event) => event.status);
  assert.deepEqual(statuses, [...new Set(statuses)]);
  const log = events.filter((event) => event.type === 'log').map((event) => event.content ?? '').join('\n');
  for (const n of [1, 2, 3, 4, 5]) assert.ok(log.includes(`tick-${n}`), log);
});

test('gives a late follower everything and the final status', async () => {
  const made = await client.builds.create({ source: await source(hello('echo only-once')) });
  await finished(made.id);
  const events = await collect(await client.builds.events(made.id, { follow: true }));
  assert.deepEqual(
    events.filter((event) => event.type === 'status').map((event) => event.status),
    ['ready'],
  );
  assert.equal(events.at(-1).status, 'ready');
  assert.ok(events.some((event) => (event.content ?? '').includes('only-once')));
});

test('uses the cache scope', async () => {
  const scope = `client-${Date.now()}`;
  const files = hello(`sleep 1; echo ${scope}`);
  const first = await client.builds.create({ source: await source(files), cache_scope: scope });
  assert.equal((await finished(first.id)).status, 'ready');
  const second = await client.builds.create({ source: await source(files), cache_scope: scope });
  const again = await finished(second.id);
  assert.equal(again.status, 'ready');
  assert.equal(again.image_digest, (await finished(first.id)).image_digest);
  assert.ok(again.duration_ms < 1000, `took ${again.duration_ms} ms although the step sleeps a second`);
});

test('gives secrets to the step that asks, and to nobody else', async () => {
  // Only its hash stands in the Dockerfile, which is kept in the build's request and its image.
  const hash = createHash('sha256').update('s3cret-canary-value').digest('hex');
  const dockerfile = [
    `FROM ${base}`,
    `RUN --mount=type=secret,id=npm_token sha256sum /run/secrets/npm_token | grep -q '^${hash} '`,
    'RUN --mount=type=secret,id=npm_token cat /run/secrets/npm_token',
    'RUN test ! -s /run/secrets/npm_token',
  ].join('\n');
  const made = await client.builds.create({
    source: await source({ 'a.txt': 'a' }),
    dockerfile,
    secrets: JSON.stringify([{ id: 'npm_token' }]),
  });
  const build = await finished(made.id);
  assert.equal(build.status, 'ready', build.error);
  const events = await collect(await client.builds.events(made.id));
  assert.ok(!JSON.stringify(events).includes('s3cret-canary-value'));
});

test('ends at its timeout', async () => {
  const made = await client.builds.create({ source: await source(hello('sleep 60')), timeout_seconds: 1 });
  const build = await finished(made.id);
  assert.equal(build.status, 'failed');
  assert.match(build.error, /timeout/);
  assert.match(build.error, /\b1\b/);
});

test('pins the base', async () => {
  const { baseDigest } = await import('./setup.mjs');
  const good = await client.builds.create({ source: await source(hello('echo pin')), base_image_digest: baseDigest });
  assert.equal((await finished(good.id)).status, 'ready');
  const bad = await client.builds.create({
    source: await source(hello('echo pin')),
    base_image_digest: `sha256:${'0'.repeat(64)}`,
  });
  assert.equal((await finished(bad.id)).status, 'failed');
});
