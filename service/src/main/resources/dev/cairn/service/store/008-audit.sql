-- Who did what; each entry's hash covers the one before.
CREATE TABLE audit_entry (
  number BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  tenant TEXT NOT NULL,
  token TEXT NOT NULL,
  request TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  outcome TEXT NOT NULL,
  hash TEXT NOT NULL
);

CREATE INDEX audit_entry_tenant ON audit_entry (tenant, number);

-- The last entry, and the last one that was moved to a file.
CREATE TABLE audit_head (
  name TEXT PRIMARY KEY,
  number BIGINT NOT NULL,
  hash TEXT NOT NULL
);

INSERT INTO audit_head VALUES ('last', 0, '0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO audit_head VALUES ('filed', 0, '0000000000000000000000000000000000000000000000000000000000000000');
