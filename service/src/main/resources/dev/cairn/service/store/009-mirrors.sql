-- Manifests of mirrored registries, by tag and by digest.
CREATE TABLE mirror_manifest (
  mirror TEXT NOT NULL,
  repository TEXT NOT NULL,
  reference TEXT NOT NULL,
  digest TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  checked_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (mirror, repository, reference)
);

-- The blobs that they name.
CREATE TABLE mirror_blob (
  mirror TEXT NOT NULL,
  repository TEXT NOT NULL,
  digest TEXT NOT NULL,
  size BIGINT NOT NULL,
  PRIMARY KEY (mirror, repository, digest)
);
