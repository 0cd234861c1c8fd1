-- A database as format 1 was written: frozen, so that later code is tested against it. Never change it.
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
BEGIN;
-- Numbers that have to outlive every row: next-job, openings, id-base.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
    id              INTEGER PRIMARY KEY,
    connector       TEXT NOT NULL,
    external_id     TEXT,
    printer         TEXT NOT NULL,
    document_type   TEXT NOT NULL,
    document_format TEXT NOT NULL,
    priority        INTEGER NOT NULL,
    on_trouble      TEXT NOT NULL CHECK (on_trouble IN ('hold', 'abort')),
    mark            TEXT,
    reply           TEXT NOT NULL,
    fingerprint     INTEGER NOT NULL,
    payload_bytes   INTEGER NOT NULL CHECK (payload_bytes >= 0),
    payload_gone    INTEGER NOT NULL DEFAULT 0 CHECK (payload_gone IN (0, 1)),
    state           TEXT NOT NULL CHECK (state IN ('pending', 'held', 'processing', 'completed', 'aborted',
                                                   'canceled', 'expired', 'unconfirmed', 'reprinted')),
    reasons         TEXT NOT NULL DEFAULT '',  -- of a held job, keywords with commas
    outcome         TEXT,                      -- JSON, once settled
    lease_seq       INTEGER,                   -- processing with a lease: may start; without one: may have started
    accepted_at     INTEGER NOT NULL,          -- milliseconds since 1970, as all times here
    started_at      INTEGER,
    settled_at      INTEGER,
    expires_at      INTEGER,
    origin          INTEGER,                   -- the job that this one was copied from
    sender_job      INTEGER,                   -- the sender's job that this copy stands in for
    report_id       INTEGER,                   -- its outcome is still to be told, under this number
    reported_at     INTEGER                    -- its sender was told something at that time
) STRICT;

-- A sender's id is used once, for ever; copies share it.
CREATE UNIQUE INDEX jobs_key ON jobs (connector, external_id) WHERE external_id IS NOT NULL AND origin IS NULL;
CREATE INDEX jobs_by_state ON jobs (state, printer);
CREATE INDEX jobs_by_sender_job ON jobs (sender_job) WHERE sender_job IS NOT NULL;
CREATE INDEX jobs_untold ON jobs (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX jobs_to_retire ON jobs (payload_gone, settled_at)
    WHERE settled_at IS NOT NULL AND state <> 'unconfirmed';

CREATE TABLE payloads (
    job    INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    digest INTEGER NOT NULL,  -- FNV-1a of the bytes XOR a salt from job: SQLite itself would not notice a flipped bit
    bytes  BLOB NOT NULL
) STRICT;

-- Ids whose records are gone: they are still never printed again.
CREATE TABLE known_ids (
    digest      BLOB PRIMARY KEY,
    fingerprint INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notes (
    scope TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

INSERT INTO jobs (id, connector, external_id, printer, document_type, document_format, priority, on_trouble, mark, reply, fingerprint,
    payload_bytes, payload_gone, state, reasons, outcome, lease_seq, accepted_at, started_at, settled_at, expires_at, origin,
    sender_job, report_id, reported_at) VALUES
  (1, 'printer-master', 'one', 'bar', 'receipt', 'raw', 1, 'hold', NULL, '{}', 1875936269717626031, 3, 1, 'completed', '', '{"outcome":"completed","evidence":"drained"}', NULL, 1700000000000, 1700000000100, 1700000000200, NULL, NULL, NULL, NULL, 1700000000300),
  (2, 'printer-master', 'two', 'bar', 'receipt', 'raw', 1, 'hold', NULL, '{}', 6274872286310602505, 3, 0, 'pending', '', NULL, NULL, 1700000001000, NULL, NULL, 1900000000000, NULL, NULL, NULL, NULL),
  (3, 'local', NULL, 'kitchen', 'kitchen-ticket', 'text', 2, 'abort', 'reprint', '', 6517818557876028835, 5, 0, 'held', 'media-empty,offline', NULL, NULL, 1700000002000, NULL, NULL, NULL, 1, NULL, NULL, NULL),
  (4, 'printer-master', 'four', 'bar', 'receipt', 'raw', 1, 'hold', NULL, '{}', -2507380771665093147, 4, 0, 'processing', '', NULL, 4294967297, 1700000003000, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (5, 'printer-master', 'five', 'bar', 'receipt', 'raw', 1, 'hold', NULL, '{}', -6159493306193902219, 4, 0, 'unconfirmed', '', '{"outcome":"unconfirmed","reason":"interrupted"}', NULL, 1700000004000, 1700000004100, 1700000004200, NULL, NULL, NULL, 4294967298, NULL);
INSERT INTO payloads (job, digest, bytes) VALUES
  (2, 7744538156286373667, x'74776f'),
  (3, -9163245937370779236, x'7468726565'),
  (4, -6490222950650204751, x'666f7572'),
  (5, -4787196766420276964, x'66697665');
INSERT INTO known_ids (digest, fingerprint) VALUES (x'5d91eecc6e85de1e802dd66d19a5c335', -7140180741905663794);
INSERT INTO notes (scope, key, value) VALUES ('scope', 'key', 'value');
INSERT INTO meta (name, value) VALUES ('next-job', 77), ('openings', 1), ('rewinds', 0);
PRAGMA application_id = 1347179598;
PRAGMA user_version = 1;
COMMIT;
