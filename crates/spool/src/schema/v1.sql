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
