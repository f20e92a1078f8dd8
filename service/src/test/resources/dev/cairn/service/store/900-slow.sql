-- A change of a large table, for a test that kills it.
ALTER TABLE build ADD COLUMN mark TEXT;

UPDATE build SET mark = id || state;

CREATE INDEX build_mark ON build (mark);
