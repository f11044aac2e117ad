-- Duplicates: what is compared, what was proposed, what was merged.

-- A person's telephone, normalised (rules/duplicates.h).
CREATE TABLE phones (
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  phone VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (person)
) ENGINE=InnoDB;

-- Pairs that may be one; first_id is the lower of the two.
CREATE TABLE duplicates (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind ENUM('PERSON', 'COMPANY') NOT NULL,
  first_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  second_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  score INT NOT NULL,
  reasons VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  state ENUM('PROPOSED', 'DISMISSED', 'MERGED') NOT NULL,
  decision_reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  proposed_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_proposal_a_pair (first_id, second_id)
) ENGINE=InnoDB;

-- Merges. record is the MergeRecord as it was answered. duplicate_now is NULL once the merge was taken apart.
CREATE TABLE merges (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  survivor CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  duplicate CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  duplicate_now CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  record MEDIUMBLOB NOT NULL,
  undone_at BIGINT NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_merge_id (id),
  UNIQUE KEY one_merge_a_duplicate (duplicate_now)
) ENGINE=InnoDB;

-- Everything a merge moved, in order: the kind of fact, and the key of its row.
CREATE TABLE merge_moves (
  merge_id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence INT NOT NULL,
  fact VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  key_1 VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  key_2 VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (merge_id, sequence)
) ENGINE=InnoDB;

-- The rows of those who were merged into others, as they were.
CREATE TABLE merged_people (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  full_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  company CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accepted_letters INT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;

CREATE TABLE merged_companies (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  name_key VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  representative CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;
