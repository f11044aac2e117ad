-- Rolls of companies or of people, their revisions, challenges and substitutes.

-- fixed: a manifest names this hash; no revision follows. Whoever changes a roll holds its row.
ALTER TABLE rolls
  ADD COLUMN unit ENUM('COMPANY', 'PERSON') NOT NULL DEFAULT 'COMPANY',
  ADD COLUMN act ENUM('VOTE', 'CONTEST') NOT NULL DEFAULT 'VOTE',
  ADD COLUMN revision INT NOT NULL DEFAULT 1,
  ADD COLUMN fixed TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN challenges_close BIGINT NOT NULL DEFAULT 0;

UPDATE rolls SET fixed = 1 WHERE election IN (SELECT election FROM manifests);

-- A line stands in the revisions [from_revision, until_revision); until_revision 0: in the latest one too.
-- unit is the id of the company, or of the person.
ALTER TABLE roll_entries
  ADD COLUMN unit CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  ADD COLUMN unit_display_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  ADD COLUMN from_revision INT NOT NULL DEFAULT 1,
  ADD COLUMN until_revision INT NOT NULL DEFAULT 0;

UPDATE roll_entries SET unit = company, unit_display_name = company_display_name;

ALTER TABLE roll_entries
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (election, unit, until_revision);

CREATE TABLE roll_revisions (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  revision INT NOT NULL,
  entry_count INT NOT NULL,
  sha256 BINARY(32) NOT NULL,
  reason VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  challenge CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (election, revision)
) ENGINE=InnoDB;

INSERT INTO roll_revisions (election, revision, entry_count, sha256, reason, created_at)
  SELECT election, 1, entry_count, sha256, 'frozen', frozen_at FROM rolls;

-- open_for is the filer while the challenge is open, NULL afterwards.
CREATE TABLE roll_challenges (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unit CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  wish ENUM('ADD', 'REMOVE') NOT NULL,
  grounds VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  filer VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  filed_at BIGINT NOT NULL,
  state ENUM('OPEN', 'SUSTAINED', 'DISMISSED') NOT NULL DEFAULT 'OPEN',
  decision_reason VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  decider VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  decided_at BIGINT NULL,
  revision INT NOT NULL DEFAULT 0,
  open_for VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_challenge_id (id),
  UNIQUE KEY one_open_challenge (election, open_for, unit),
  KEY of_election (election, sequence)
) ENGINE=InnoDB;

-- The one row that a freeze locks, and that whoever changes what a roll lists shares, so that none of them misses
-- the other.
CREATE TABLE roll_turn (
  id TINYINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;

INSERT INTO roll_turn (id) VALUES (1);

-- Who collects a company's credential in the place of whom; only ever inserted.
CREATE TABLE roll_substitutions (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  predecessor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  substitute CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  actor VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (sequence),
  KEY of_election (election, sequence)
) ENGINE=InnoDB;
