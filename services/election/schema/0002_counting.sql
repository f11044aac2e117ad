-- Counting methods and polls: what a ballot may hold, what a poll chooses between, and how each contest was counted.

-- `body` is NULL for a poll, so that an election may have several. 0 in min_marks, max_marks and max_score stands for
-- what the method takes without being told.
ALTER TABLE contests
  MODIFY body VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN min_marks INT NOT NULL DEFAULT 0,
  ADD COLUMN max_marks INT NOT NULL DEFAULT 0,
  ADD COLUMN max_score INT NOT NULL DEFAULT 0,
  ADD COLUMN none_of_these TINYINT(1) NOT NULL DEFAULT 0;

-- The options of a poll in ballot order; `contest` is the position of its contest, `poll_option` the id.
CREATE TABLE poll_options (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contest INT NOT NULL,
  position INT NOT NULL,
  poll_option VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  picture_uri VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (election, contest, position),
  UNIQUE KEY one_option_an_id (election, contest, poll_option)
) ENGINE=InnoDB;

-- How each contest was counted, a serialised plenary.election.v1.CountReport; stored with the result, never changed.
CREATE TABLE count_reports (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contest INT NOT NULL,
  report MEDIUMBLOB NOT NULL,
  PRIMARY KEY (election, contest)
) ENGINE=InnoDB;
