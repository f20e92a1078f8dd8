// What every file of this suite starts from: a client, and archives made in memory.
//
//   CAIRN_URL          the server, as in http://127.0.0.1:7070
//   CAIRN_TOKEN        a token with all rights on builds of its tenant, but not build:admin
//   CAIRN_ADMIN_TOKEN  the same with build:admin
//   CAIRN_BASE         a reference of a base image with a shell that the server can pull
//   CAIRN_BASE_DIGEST  its manifest digest
// The tenant has a secret "npm_token" with the value "s3cret-canary-value".
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import Hypeman from '@onkernel/hypeman';
import tar from 'tar-stream';

export const url = process.env.CAIRN_URL;
export const base = process.env.CAIRN_BASE;
export const baseDigest = process.env.CAIRN_BASE_DIGEST;
assert.ok(url && base && process.env.CAIRN_TOKEN, 'CAIRN_URL, CAIRN_TOKEN and CAIRN_BASE say where to test');

export const client = new Hypeman({ baseURL: url, apiKey: process.env.CAIRN_TOKEN });
export const admin = new Hypeman({ baseURL: url, apiKey: process.env.CAIRN_ADMIN_TOKEN });

/** A gzip-compressed tar of `files` (name to text). */
export async function archive(files) {
  const pack = tar.pack();
  for (const [name, text] of Object.entries(files)) pack.entry({ name, mtime: new Date(0) }, text);
  pack.finalize();
  const chunks = [];
  for await (const chunk of pack) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

/** The same as something the client uploads from memory. */
export async function source(files) {
  return new File([await archive(files)], 'source.tar.gz');
}

export const hello = (line = 'echo hello') => ({ Dockerfile: `FROM ${base}\nRUN ${line}\n` });

/** Waits until the build is final and returns it. */
export async function finished(id, by = client) {
  for (;;) {
    const build = await by.builds.get(id);
    if (['ready', 'failed', 'cancelled'].includes(build.status)) return build;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until the build has the status. */
export async function reached(id, status) {
  for (;;) {
    const build = await client.builds.get(id);
    if (build.status === status) return build;
    assert.ok(!['ready', 'failed', 'cancelled'].includes(build.status), `ended ${build.status}: ${build.error}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** All events of a stream. */
export async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** Runs `call` and returns the error that it must end with. */
export async function refused(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  assert.fail('it was not refused');
}
