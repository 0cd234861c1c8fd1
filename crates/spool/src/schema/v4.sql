-- Jobs whose sender is still to hear that they are stored, and takes them for failed where it does not.
CREATE TABLE unanswered (
    job INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE
) STRICT;
