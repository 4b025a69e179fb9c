-- The UID of the cursor when an import created it. Mail up to this UID was read by the old SuperIMAP
-- and has no row in seen, so a look back must not read it again.
alter table cursors add column imported_uid bigint;
