-- The name of the printer that a job was meant for, where it went to that one's backup; it stands on its paper.
ALTER TABLE jobs ADD COLUMN backup_from TEXT;
