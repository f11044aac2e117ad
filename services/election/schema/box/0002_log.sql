-- The public log of an election: every leaf under its index, and the sizes at which a checkpoint is signed. No time
-- here either; within a batch leaves ascend by their hash.

-- How far the log goes and who continues it: a process takes the next epoch when it starts, and whoever holds an
-- older one changes nothing any more. `close_record` is the last leaf, once the box is closed.
CREATE TABLE log_head (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  size BIGINT UNSIGNED NOT NULL,
  epoch BIGINT UNSIGNED NOT NULL,
  close_record VARBINARY(255) NULL,
  PRIMARY KEY (election)
) ENGINE=InnoDB;

-- `leaf_sha256` is the SHA-256 of the leaf's bytes, which stand elsewhere: leaf 0 in boxes.manifest, ballots in
-- ballots.ballot under that hash, the last one in log_head.close_record.
CREATE TABLE log_leaves (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  idx BIGINT UNSIGNED NOT NULL,
  leaf_sha256 BINARY(32) NOT NULL,
  PRIMARY KEY (election, idx),
  UNIQUE KEY one_leaf_a_ballot (election, leaf_sha256)
) ENGINE=InnoDB;

-- The log's sizes at the end of each batch. A checkpoint that was not published before a process ended is made from
-- them, the same bytes again.
CREATE TABLE log_batches (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  size BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (election, size)
) ENGINE=InnoDB;
