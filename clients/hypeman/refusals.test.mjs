import assert from 'node:assert/strict';
import { test } from 'node:test';
import Hypeman from '@onkernel/hypeman';
import { admin, base, client, finished, hello, refused, source, url } from './setup.mjs';

async function refusedWith(status, code, body) {
  const error = await refused(async () => client.builds.create({ source: await source(hello()), ...(await body) }));
  assert.equal(error.status, status, String(error));
  assert.equal(error.error?.code, code, JSON.stringify(error.error));
  assert.ok(error.error.message.length > 0);
}

test('refuses callers without a token', async () => {
  for (const apiKey of ['wrong', 'cairn_wrong']) {
    const stranger = new Hypeman({ baseURL: url, apiKey });
    const error = await refused(() => stranger.builds.list());
    assert.ok(error instanceof Hypeman.AuthenticationError);
    assert.equal((await refused(async () => stranger.builds.create({ source: await source(hello()) }))).status, 401);
  }
  assert.equal((await fetch(`${url}/builds`)).status, 401);
  assert.equal((await fetch(`${url}/health`)).status, 200);
});

test('refuses a bad source', async () => {
  await refusedWith(400, 'invalid_request', { source: new File([], 'empty.tar.gz') });
  await refusedWith(400, 'invalid_source', { source: new File(['no archive at all'], 'x.tar.gz') });
  await refusedWith(400, 'dockerfile_required', { source: await source({ 'a.txt': 'a' }) });
  const whole = new Uint8Array(await (await source({ ...hello(), 'b.txt': 'b'.repeat(5000) })).arrayBuffer());
  await refusedWith(400, 'invalid_source', { source: new File([whole.slice(0, whole.length >> 1)], 'cut.tar.gz') });
  const form = new FormData();
  form.set('dockerfile', `FROM ${base}\n`);
  const answer = await fetch(`${url}/builds`, {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${client.apiKey}` },
  });
  assert.equal(answer.status, 400);
  assert.equal((await answer.json()).code, 'invalid_request');
});

test('refuses a body that is no form', async () => {
  for (const [type, body] of [
    ['application/json', '{}'],
    ['multipart/form-data', 'no boundary'],
    ['multipart/form-data; boundary=x', 'not a part'],
  ]) {
    const answer = await fetch(`${url}/builds`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${client.apiKey}`, 'content-type': type },
    });
    assert.equal(answer.status, 400, type);
    assert.equal((await answer.json()).code, 'invalid_request');
  }
});

test('refuses bad fields by name', async () => {
  const bad = [
    { secrets: 'no json' },
    { secrets: '{"id":"a"}' },
    { secrets: '["a"]' },
    { secrets: '[{}]' },
    { secrets: '[{"id":""}]' },
    { secrets: '[{"id":".."}]' },
    { secrets: '[{"id":"a/b"}]' },
    { secrets: '[{"id":"a\\\\b"}]' },
    { tags: 'no json' },
    { tags: '["a"]' },
    { tags: '{"a":1}' },
    { tags: '{"":"x"}' },
    { tags: JSON.stringify({ ['k'.repeat(129)]: 'x' }) },
    { tags: JSON.stringify({ k: 'v'.repeat(257) }) },
    { tags: '{"k":"sch\u00f6n"}' },
    { tags: JSON.stringify(Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'v']))) },
    { image_name: 'Not A Reference' },
    { image_name: '../up' },
    { timeout_seconds: 'soon' },
    { timeout_seconds: 10_000_000 },
    { memory_mb: 16385 },
    { memory_mb: 'much' },
    { cpus: 9 },
    { cpus: '1.5' },
    { cache_scope: 'Upper' },
    { cache_scope: 'global/node' },
    { cache_scope: '../x' },
    { global_cache_key: 'a/b' },
    { base_image_digest: 'sha256:short' },
  ];
  for (const body of bad) {
    await refusedWith(400, 'invalid_request', body);
  }
});

test('takes the default for numbers below one', async () => {
  for (const body of [{ timeout_seconds: 0 }, { memory_mb: -1 }, { cpus: 0 }]) {
    const made = await client.builds.create({ source: await source(hello()), ...body });
    assert.equal((await finished(made.id)).status, 'ready');
  }
});

test('knows no builder', async () => {
  await refusedWith(404, 'not_found', { builder_id: 'nobody' });
});

test('ignores fields it does not know', async () => {
  const made = await client.builds.create({ source: await source(hello()), unknown_field: 'x', more: ['a', 'b'] });
  assert.equal((await finished(made.id)).status, 'ready');
});

test('lets only an administrator write the shared cache', async () => {
  const error = await refused(async () =>
    client.builds.create({ source: await source(hello()), is_admin_build: 'true', global_cache_key: 'node' }),
  );
  assert.equal(error.status, 403);
  const files = hello(`sleep 1; echo shared-${Date.now()}`);
  const warm = await admin.builds.create({
    source: await source(files),
    is_admin_build: 'true',
    global_cache_key: 'node',
  });
  assert.equal((await finished(warm.id, admin)).status, 'ready');
  const reader = await client.builds.create({ source: await source(files), global_cache_key: 'node' });
  const build = await finished(reader.id);
  assert.equal(build.status, 'ready');
  assert.ok(build.duration_ms < 1000, `took ${build.duration_ms} ms`);
});

test('refuses a follow that is neither true nor false', async () => {
  const made = await client.builds.create({ source: await source(hello()) });
  const answer = await fetch(`${url}/builds/${made.id}/events?follow=maybe`, {
    headers: { authorization: `Bearer ${client.apiKey}` },
  });
  assert.equal(answer.status, 400);
  await finished(made.id);
});
