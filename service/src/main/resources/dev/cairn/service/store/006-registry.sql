-- The only repositories that a token opens, as grants with spaces between them; null for all.
ALTER TABLE token ADD COLUMN repositories TEXT;

-- The repository that an upload belongs to, if it belongs to one.
ALTER TABLE upload ADD COLUMN repository TEXT;

-- The blobs that a repository has: uploaded or mounted there, or named by a manifest of it.
CREATE TABLE repository_blob (
  tenant TEXT NOT NULL,
  repository TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (tenant, repository, digest)
);

CREATE INDEX repository_blob_digest ON repository_blob (digest, tenant);

INSERT INTO repository_blob (tenant, repository, digest)
  SELECT DISTINCT m.tenant, m.repository, b.digest
  FROM manifest m JOIN manifest_blob b ON b.manifest = m.digest;

-- Manifests that are about another one, which need not be there.
CREATE TABLE referrer (
  tenant TEXT NOT NULL,
  repository TEXT NOT NULL,
  subject TEXT NOT NULL,
  digest TEXT NOT NULL,
  artifact_type TEXT,
  PRIMARY KEY (tenant, repository, subject, digest)
);
