-- When a manifest was put, lost a tag or was pulled last; 0 if an earlier version did not note it.
ALTER TABLE manifest ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;

CREATE INDEX manifest_used ON manifest (used_at);
CREATE INDEX pack_used ON pack (used_at);
