-- What is worth knowing about a job beside its outcome: most have nothing, so it is a table of its own.
CREATE TABLE job_notes (
    job   INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    lines TEXT NOT NULL  -- a JSON array of texts, bounded
) STRICT;
