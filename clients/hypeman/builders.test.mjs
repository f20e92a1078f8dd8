import assert from 'node:assert/strict';
import { test } from 'node:test';
import Hypeman from '@onkernel/hypeman';
import { base, client, finished, reached, refused, source } from './setup.mjs';

const dockerfile = (line) => ({ Dockerfile: `FROM ${base}\nRUN --mount=type=cache,target=/c ${line}\n` });
const build = async (builder_id, line) => client.builds.create({ source: await source(dockerfile(line)), builder_id });

/** Waits until the Builder has the status. */
async function settled(id, status = 'ready') {
  for (;;) {
    const builder = await client.builders.get(id);
    if (builder.status === status) return builder;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('makes, lists and deletes builders', async () => {
  const tags = { suite: `builders-${Date.now()}` };
  const made = await client.builders.create({ name: 'ours', disk_size_gb: 3, tags });
  assert.match(made.id, /^[a-z][a-z0-9]{23}$/);
  assert.equal(made.status, 'ready');
  assert.equal(made.disk_size_gb, 3);
  assert.equal(made.max_concurrency, 1);
  assert.deepEqual(made.queued_builds, []);
  assert.equal(made.active_build_id, null);
  assert.equal(made.last_used_at, null);
  assert.deepEqual(await client.builders.get(made.id), made);
  assert.deepEqual(await client.builders.list({ tags }), [made]);
  assert.equal(await client.builders.delete(made.id), null);
  assert.ok((await refused(() => client.builders.get(made.id))) instanceof Hypeman.NotFoundError);
  assert.deepEqual(await client.builders.list({ tags }), []);
});

test('refuses a taken id, a bad size and an unknown builder', async () => {
  const { id } = await client.builders.create({ id: `taken-${Date.now()}` });
  const taken = await refused(() => client.builders.create({ id }));
  assert.ok(taken instanceof Hypeman.ConflictError);
  assert.equal(taken.error.code, 'already_exists');
  assert.equal((await refused(() => client.builders.create({ disk_size_gb: -1 }))).status, 400);
  for (const call of [() => client.builders.prune('nobody'), () => client.builders.delete('nobody')]) {
    assert.ok((await refused(call)) instanceof Hypeman.NotFoundError);
  }
  await client.builders.delete(id);
});

test('keeps what builds leave, until it is pruned', async () => {
  const { id } = await client.builders.create({});
  const other = await client.builders.create({});
  const first = await build(id, `sh -c 'echo ${id} > /c/left'`);
  assert.equal(first.builder_id, id);
  assert.equal((await finished(first.id)).status, 'ready');
  assert.equal((await finished((await build(id, `grep ${id} /c/left`)).id)).status, 'ready');
  assert.equal((await finished((await build(other.id, `grep ${id} /c/left`)).id)).status, 'failed');
  const again = await finished((await build(id, `sh -c 'echo ${id} > /c/left'`)).id);
  assert.equal(again.status, 'ready');
  assert.equal(again.image_digest, (await finished(first.id)).image_digest);

  const pruned = await client.builders.prune(id);
  assert.ok(['pruning', 'ready'].includes(pruned.status), pruned.status);
  await settled(id);
  assert.equal((await finished((await build(id, `grep ${id} /c/left`)).id)).status, 'failed');
  await client.builders.delete(id);
  await client.builders.delete(other.id);
});

test('runs one build at a time and is not deleted meanwhile', async () => {
  const { id } = await client.builders.create({});
  const first = await build(id, `sh -c 'sleep 300; echo ${id}'`);
  await reached(first.id, 'building');
  const second = await build(id, 'true');
  const busy = await client.builders.get(id);
  assert.equal(busy.active_build_id, first.id);
  assert.deepEqual(busy.queued_builds, [second.id]);
  assert.ok(busy.last_used_at);
  for (const call of [() => client.builders.prune(id), () => client.builders.delete(id)]) {
    const error = await refused(call);
    assert.ok(error instanceof Hypeman.ConflictError);
    assert.equal(error.error.code, 'conflict');
  }
  await client.builds.cancel(first.id);
  assert.equal((await finished(first.id)).status, 'cancelled');
  assert.equal((await finished(second.id)).status, 'ready');
  await client.builders.delete(id);
});
