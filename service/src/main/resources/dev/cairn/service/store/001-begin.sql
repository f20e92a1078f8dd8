-- Times are milliseconds since 1970, flags 0 or 1, digests and ids their text.

CREATE TABLE tenant (
  id TEXT PRIMARY KEY,
  queued BIGINT NOT NULL,
  running BIGINT NOT NULL,
  weight BIGINT NOT NULL,
  uploads BIGINT NOT NULL,
  upload_bytes BIGINT NOT NULL,
  secrets BIGINT NOT NULL,
  pass DOUBLE PRECISION NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);

CREATE TABLE token (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  rights TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT
);

CREATE INDEX token_tenant ON token (tenant, created_at);

CREATE TABLE secret (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  sealed ${bytes} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE TABLE build (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  dialect TEXT NOT NULL,
  resource TEXT,
  request TEXT NOT NULL,
  state TEXT NOT NULL,
  phase TEXT,
  attempt BIGINT NOT NULL DEFAULT 0,
  accepted_at BIGINT NOT NULL,
  started_at BIGINT,
  completed_at BIGINT,
  priority BIGINT NOT NULL,
  not_before BIGINT,
  draft BIGINT NOT NULL,
  serial_key TEXT,
  dedupe_key TEXT,
  supersede_key TEXT,
  needs TEXT NOT NULL,
  queue_until BIGINT,
  cancel_who TEXT,
  cancel_at BIGINT,
  cancel_why TEXT,
  failure TEXT,
  result TEXT,
  lease_owner TEXT,
  lease_until BIGINT,
  ended BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX build_tenant ON build (tenant, id);
CREATE INDEX build_open ON build (state, id) WHERE ended = 0;
CREATE INDEX build_completed ON build (completed_at) WHERE ended = 1;

CREATE TABLE build_label (
  tenant TEXT NOT NULL,
  build TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (build, name)
);

CREATE INDEX build_label_value ON build_label (tenant, name, value, build);

CREATE TABLE build_alias (
  tenant TEXT NOT NULL,
  dialect TEXT NOT NULL,
  alias TEXT NOT NULL,
  build TEXT NOT NULL,
  PRIMARY KEY (tenant, dialect, alias)
);

CREATE INDEX build_alias_build ON build_alias (build);

CREATE TABLE idempotency (
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  build TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, name)
);

CREATE TABLE cache_record (
  id TEXT PRIMARY KEY,
  scope TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  step TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL
);

CREATE INDEX cache_record_step ON cache_record (scope, kind, step, created_at);
CREATE INDEX cache_record_used ON cache_record (used_at);

CREATE TABLE record_blob (
  record TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (record, digest)
);

CREATE INDEX record_blob_digest ON record_blob (digest);

-- The right of a tenant to bytes; the tenant '' stands for everybody.
CREATE TABLE blob_right (
  digest TEXT NOT NULL,
  tenant TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  PRIMARY KEY (digest, tenant)
);

CREATE TABLE lease (
  digest TEXT NOT NULL,
  owner TEXT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (digest, owner)
);

CREATE INDEX lease_owner ON lease (owner);

-- A blob whose file is being deleted right now.
CREATE TABLE blob_going (
  digest TEXT PRIMARY KEY,
  since BIGINT NOT NULL
);

CREATE TABLE manifest (
  tenant TEXT NOT NULL,
  repository TEXT NOT NULL,
  digest TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  pushed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, repository, digest)
);

CREATE INDEX manifest_digest ON manifest (digest);

-- What a manifest or index names; content says it, so it belongs to no tenant.
CREATE TABLE manifest_blob (
  manifest TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (manifest, digest)
);

CREATE INDEX manifest_blob_digest ON manifest_blob (digest);

CREATE TABLE tag (
  tenant TEXT NOT NULL,
  repository TEXT NOT NULL,
  tag TEXT NOT NULL,
  digest TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, repository, tag)
);

CREATE INDEX tag_digest ON tag (tenant, repository, digest);

CREATE TABLE upload (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  target TEXT,
  begun_at BIGINT NOT NULL,
  touched_at BIGINT NOT NULL
);

CREATE INDEX upload_tenant ON upload (tenant, target);

-- A tenant's context packs, least recently used first to go.
CREATE TABLE pack (
  tenant TEXT NOT NULL,
  digest TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  files BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, digest)
);

CREATE INDEX pack_digest ON pack (digest);

-- The pass of the build started last: the present in the fair share of tenants.
CREATE TABLE queue_clock (
  id BIGINT PRIMARY KEY,
  pass DOUBLE PRECISION NOT NULL
);

INSERT INTO queue_clock VALUES (1, 0);

-- The blobs that hold a pack's contents.
CREATE TABLE pack_part (
  pack TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (pack, digest)
);

CREATE INDEX pack_part_digest ON pack_part (digest);
