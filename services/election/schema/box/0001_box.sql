-- The ballot box: what was voted, and nothing of who or when. On a server of its own, without a binary log.
-- No outbox, no requests, no audit here.

-- `key_seed` signs receipts of this one election.
CREATE TABLE boxes (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state ENUM('PREPARED', 'OPEN', 'CLOSED') NOT NULL,
  key_seed BINARY(32) NOT NULL,
  manifest_hash BINARY(32) NULL,
  manifest MEDIUMBLOB NULL,
  PRIMARY KEY (election),
  UNIQUE KEY one_box_a_manifest (manifest_hash)
) ENGINE=InnoDB;

-- One ballot a key: `id` is SHA-256(manifest hash || ballot key). No time, no number, no order of arrival: both
-- keys are hashes. Rows are only ever inserted.
CREATE TABLE ballots (
  id BINARY(32) NOT NULL,
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ballot_hash BINARY(32) NOT NULL,
  ballot BLOB NOT NULL,
  PRIMARY KEY (id),
  KEY by_hash (election, ballot_hash)
) ENGINE=InnoDB;
