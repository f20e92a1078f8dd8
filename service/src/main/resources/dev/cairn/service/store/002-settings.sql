-- Facts that the server finds at its start and that commands beside it have to keep to.
CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
