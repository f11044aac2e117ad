-- Elections, candidacies, manifests and results. Ballots are elsewhere: on a server of their own (schema/box).
-- Times are microseconds since the Unix epoch, of the suite's clock.

-- `sequence` gives "newest first"; an election's order is no secret. `version` is the etag.
CREATE TABLE elections (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  version BIGINT NOT NULL,
  state ENUM('STATE_CALLED', 'STATE_PUBLISHED', 'STATE_COUNTED', 'STATE_CERTIFIED', 'STATE_SEATED') NOT NULL,
  display_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  returning_officer VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  record_date DATE NOT NULL,
  filing_opens BIGINT NOT NULL,
  filing_closes BIGINT NOT NULL,
  voting_opens BIGINT NOT NULL,
  voting_closes BIGINT NOT NULL,
  handover_opens BIGINT NOT NULL,
  seats_on BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_sequence (sequence)
) ENGINE=InnoDB;

-- Each schedule that stood before a move, and why it was moved.
CREATE TABLE schedule_moves (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version BIGINT NOT NULL,
  moved_at BIGINT NOT NULL,
  moved_by VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  filing_opens BIGINT NOT NULL,
  filing_closes BIGINT NOT NULL,
  voting_opens BIGINT NOT NULL,
  voting_closes BIGINT NOT NULL,
  handover_opens BIGINT NOT NULL,
  seats_on BIGINT NOT NULL,
  PRIMARY KEY (election, version)
) ENGINE=InnoDB;

CREATE TABLE contests (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position INT NOT NULL,
  contest VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  body VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seats INT NOT NULL,
  method VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (election, position),
  UNIQUE KEY one_contest_an_id (election, contest),
  UNIQUE KEY one_contest_a_body (election, body)
) ENGINE=InnoDB;

CREATE TABLE term_rules (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contest INT NOT NULL,
  position INT NOT NULL,
  winners INT NOT NULL,
  years INT NOT NULL,
  PRIMARY KEY (election, contest, position)
) ENGINE=InnoDB;

-- `live` is 1, and NULL once withdrawn: the key lets a person run once, and file again after withdrawing.
CREATE TABLE candidacies (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  contest INT NOT NULL,
  person VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  live TINYINT NULL,
  full_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  state ENUM('STATE_DECLARED', 'STATE_COMPLETED', 'STATE_ACCEPTED', 'STATE_WITHDRAWN') NOT NULL,
  declared_at BIGINT NOT NULL,
  statement TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  conflict_of_interest TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  photo_uri VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  links TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_position_a_person (election, person, live),
  KEY in_ballot_order (election, contest, full_name, id)
) ENGINE=InnoDB;

CREATE TABLE manifests (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  manifest MEDIUMBLOB NOT NULL,
  sha256 BINARY(32) NOT NULL,
  published_at BIGINT NOT NULL,
  PRIMARY KEY (election)
) ENGINE=InnoDB;

-- The provisional result, a serialised plenary.election.v1.Result; never changed.
CREATE TABLE results (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  result MEDIUMBLOB NOT NULL,
  PRIMARY KEY (election)
) ENGINE=InnoDB;

-- The certified result.
CREATE TABLE certifications (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  result MEDIUMBLOB NOT NULL,
  certified_by VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  certified_at BIGINT NOT NULL,
  PRIMARY KEY (election)
) ENGINE=InnoDB;
