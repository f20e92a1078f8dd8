// Pushes of the official client to another registry.
//
//   CAIRN_PUSH_HOST      a registry that the server may push to without TLS
//   CAIRN_PUSH_PASSWORD  its password for any user
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Hypeman from '@onkernel/hypeman';
import { client, finished, hello, refused, source } from './setup.mjs';

const host = process.env.CAIRN_PUSH_HOST;
const credentials = { username: 'any', password: process.env.CAIRN_PUSH_PASSWORD };

async function built() {
  const made = await client.builds.create({ source: await source(hello(`echo ${Math.random()}`)) });
  const build = await finished(made.id);
  assert.equal(build.status, 'ready', build.error);
  return build;
}

async function ended(id) {
  for (;;) {
    const push = await client.pushes.get(id);
    if (['pushed', 'failed'].includes(push.status)) return push;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('pushes an image of a build', async () => {
  const build = await built();
  const target = `${host}/hypeman/app:v1`;
  const { data, response } = await client.pushes
    .create({ image: build.image_ref, target, insecure: true, credentials })
    .withResponse();
  assert.equal(response.status, 202);
  assert.equal(response.headers.get('location'), `/pushes/${data.id}`);
  assert.equal(response.headers.get('retry-after'), '2');
  assert.equal(data.digest, build.image_digest);
  assert.equal(data.target, target);
  assert.ok(['queued', 'pushing', 'pushed'].includes(data.status));
  const push = await ended(data.id);
  assert.equal(push.status, 'pushed', push.error);
  assert.equal(push.error, null);
  assert.ok(push.completed_at && push.layers >= 1 && push.bytes > 0);
  assert.equal((await client.pushes.list())[0].id, data.id);
  const basic = Buffer.from(`any:${credentials.password}`).toString('base64');
  const there = await fetch(`http://${host}/v2/hypeman/app/manifests/v1`, {
    headers: { Authorization: `Basic ${basic}`, Accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  assert.equal(there.status, 200);
  assert.equal(there.headers.get('docker-content-digest'), build.image_digest);
});

test('finds an image by its short name', async () => {
  const build = await built();
  for (const image of [`builds/${build.id}`, `builds/${build.id}:latest`, `docker.io/builds/${build.id}:latest`]) {
    const made = await client.pushes.create({ image, target: `${host}/hypeman/short`, credentials });
    assert.equal((await ended(made.id)).status, 'pushed', image);
  }
});

test('says why a push failed', async () => {
  const build = await built();
  const made = await client.pushes.create({
    image: build.image_ref,
    target: `${host}/hypeman/denied`,
    credentials: { username: 'any', password: 'wr0ng-canary-password' },
  });
  const push = await ended(made.id);
  assert.equal(push.status, 'failed');
  assert.match(push.error, /401/);
  assert.ok(push.error.includes(`${host}/hypeman/denied`), push.error);
  assert.ok(!push.error.includes('wr0ng-canary-password'));
  assert.ok(push.completed_at);
});

test('refuses by name', async () => {
  const build = await built();
  const image = build.image_ref;
  const cases = [
    [{ image: 'builds/nobody', target: `${host}/a/b` }, 404, 'not_found'],
    [{ image: 'Not A Name', target: `${host}/a/b` }, 400, 'invalid_name'],
    [{ image, target: 'Not A Name' }, 400, 'invalid_target'],
    [{ image, target: 'registry.example.org/a/b', insecure: true }, 400, 'invalid_target'],
    [{ image, target: `${host}/a/b`, credentials: { username: 'any' } }, 400, 'invalid_request'],
  ];
  for (const [body, status, code] of cases) {
    const error = await refused(() => client.pushes.create(body));
    assert.equal(error.status, status, JSON.stringify(body));
    assert.equal(error.error.code, code, JSON.stringify(error.error));
  }
  assert.equal((await refused(() => client.pushes.get('nobody'))).status, 404);
});

test('does not push what is still being built', async () => {
  const made = await client.builds.create({ source: await source(hello('sleep 300')) });
  const error = await refused(() =>
    client.pushes.create({ image: `builds/${made.id}`, target: `${host}/a/b`, credentials }),
  );
  assert.ok(error instanceof Hypeman.ConflictError);
  assert.equal(error.error.code, 'image_not_ready');
  await client.builds.cancel(made.id);
});
