-- A tenant's logins for registries; the repository '' stands for all of the host.
CREATE TABLE registry_login (
  tenant TEXT NOT NULL,
  host TEXT NOT NULL,
  repository TEXT NOT NULL,
  purposes TEXT NOT NULL,
  username TEXT NOT NULL,
  sealed ${bytes} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, host, repository)
);

-- Where pushes of a tenant saw a blob.
CREATE TABLE push_seen (
  tenant TEXT NOT NULL,
  host TEXT NOT NULL,
  digest TEXT NOT NULL,
  repository TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, host, digest, repository)
);

CREATE INDEX push_seen_at ON push_seen (seen_at);

-- Where the upload of a blob goes on.
CREATE TABLE push_upload (
  tenant TEXT NOT NULL,
  host TEXT NOT NULL,
  repository TEXT NOT NULL,
  digest TEXT NOT NULL,
  sealed ${bytes} NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant, host, repository, digest)
);

CREATE TABLE push (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  image TEXT NOT NULL,
  digest TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  target TEXT NOT NULL,
  place TEXT NOT NULL,
  insecure BIGINT NOT NULL,
  sends_login BIGINT NOT NULL,
  state TEXT NOT NULL,
  attempt BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  completed_at BIGINT,
  cancel_at BIGINT,
  layers BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  progress TEXT NOT NULL,
  failure TEXT,
  lease_owner TEXT,
  lease_until BIGINT,
  ended BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX push_tenant ON push (tenant, id);
CREATE INDEX push_open ON push (id) WHERE ended = 0;
CREATE INDEX push_completed ON push (completed_at) WHERE ended = 1;
