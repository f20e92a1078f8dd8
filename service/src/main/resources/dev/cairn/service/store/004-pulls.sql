-- The last pull of each name, also after it has ended: it says where the image came from. The
-- version is a tag or a digest. A pull with a login belongs to the process that knows the login.
CREATE TABLE image_pull (
  tenant TEXT NOT NULL,
  repository TEXT NOT NULL,
  version TEXT NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  platform TEXT NOT NULL,
  labels TEXT NOT NULL,
  login BIGINT NOT NULL,
  state TEXT NOT NULL,
  digest TEXT,
  error TEXT,
  attempt BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  lease_owner TEXT,
  lease_until BIGINT,
  PRIMARY KEY (tenant, repository, version)
);

CREATE INDEX image_pull_open ON image_pull (state, created_at) WHERE state IN ('pending', 'pulling');
