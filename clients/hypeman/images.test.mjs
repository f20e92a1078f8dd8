import assert from 'node:assert/strict';
import { test } from 'node:test';
import Hypeman from '@onkernel/hypeman';
import { base, baseDigest, client, finished, hello, refused, source } from './setup.mjs';

/** Waits until the image is ready or has failed. */
async function ended(name) {
  for (;;) {
    const image = await client.images.get(name);
    if (['ready', 'failed'].includes(image.status)) return image;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('pulls by name, lists by tags and deletes', async () => {
  const tags = { suite: `images-${Date.now()}` };
  const begun = await client.images.create({ name: base, tags });
  assert.ok(['pending', 'pulling', 'ready'].includes(begun.status), begun.status);
  assert.equal(begun.digest, baseDigest);
  const image = await ended(base);
  assert.equal(image.status, 'ready', image.error);
  assert.equal(image.digest, baseDigest);
  assert.equal(image.name, `${base}:latest`);
  assert.ok(image.size_bytes > 0);
  assert.equal(image.error, null);
  assert.equal(image.queue_position, null);
  assert.match(image.platform, /^linux\//);
  assert.deepEqual(image.tags, tags);
  assert.deepEqual(await client.images.list({ tags }), [image]);
  assert.deepEqual(await client.images.get(`${base}:latest`), image);
  assert.equal(await client.images.delete(base), null);
  assert.ok((await refused(() => client.images.get(base))) instanceof Hypeman.NotFoundError);
});

test('finds the image of a build under every spelling', async () => {
  const made = await client.builds.create({
    source: await source(hello('echo spelled')),
    image_name: 'team/spelled:v2',
  });
  const build = await finished(made.id);
  assert.equal(build.status, 'ready', build.error);
  for (const name of [
    `builds/${made.id}`,
    `builds/${made.id}:latest`,
    `docker.io/builds/${made.id}:latest`,
    build.image_ref,
    'team/spelled:v2',
    'docker.io/team/spelled:v2',
  ]) {
    const image = await client.images.get(name);
    assert.equal(image.status, 'ready', name);
    assert.equal(image.digest, build.image_digest, name);
  }
  // Its name is not pulled over by a stranger's of the same name.
  assert.equal((await client.images.create({ name: 'team/spelled:v2' })).digest, build.image_digest);
});

test('gives an image another name', async () => {
  const made = await client.builds.create({ source: await source(hello('echo tagged')) });
  const build = await finished(made.id);
  const image = await client.images.tag(`builds/${made.id}`, { target: 'team/other:stable' });
  assert.equal(image.name, 'team/other:stable');
  assert.equal(image.digest, build.image_digest);
  await client.images.delete(`builds/${made.id}`);
  assert.equal((await client.images.get('team/other:stable')).digest, build.image_digest);
  await client.images.delete('team/other:stable');
});

test('refuses what is no name, no platform or nowhere', async () => {
  const bad = [
    [{ name: 'Not A Name' }, 400, 'invalid_name'],
    [{ name: base, platform: 'windows/amd64' }, 400, 'invalid_platform'],
    [{ name: base, tags: { k: 'é' } }, 400, 'invalid_request'],
    [{ name: base, credentials: { username: 'me' } }, 400, 'invalid_request'],
    [{ name: base.replace(/[^/]+$/, 'nothing') }, 404, 'not_found'],
    [{ name: '169.254.169.254/a' }, 400, 'invalid_name'],
  ];
  for (const [body, status, code] of bad) {
    const error = await refused(() => client.images.create(body));
    assert.equal(error.status, status, JSON.stringify(body));
    assert.equal(error.error.code, code);
    assert.ok(error.error.message.length > 0);
  }
  for (const name of ['nobody/nothing', '../../etc/passwd', '%2e%2e']) {
    for (const call of [
      () => client.images.get(name),
      () => client.images.delete(name),
      () => client.images.tag(name, { target: 'a:1' }),
    ]) {
      assert.ok((await refused(call)) instanceof Hypeman.NotFoundError, name);
    }
  }
});
