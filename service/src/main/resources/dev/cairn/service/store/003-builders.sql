-- A named builder: a cache of its own, of which one build at a time makes use. Its scope changes
-- whenever it is emptied, so that nothing of the old one can be read again.
CREATE TABLE builder (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  scope TEXT NOT NULL,
  name TEXT,
  disk_gb BIGINT NOT NULL,
  labels TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  measured_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);

-- Scopes of builders whose records and cache mounts are being removed.
CREATE TABLE scope_going (
  tenant TEXT NOT NULL,
  scope TEXT NOT NULL,
  builder TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (tenant, scope)
);

CREATE INDEX build_serial ON build (tenant, serial_key) WHERE ended = 0;
