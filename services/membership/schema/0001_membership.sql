-- Instants are microseconds since the Unix epoch, by the suite's clock; dates are DATE. Ids are random.

CREATE TABLE categories (
  id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  can_vote TINYINT(1) NOT NULL,
  can_hold_office TINYINT(1) NOT NULL,
  can_vote_in_committee TINYINT(1) NOT NULL,
  can_attend TINYINT(1) NOT NULL,
  seats_included INT NOT NULL,
  price_cents BIGINT NOT NULL,
  term_months INT NOT NULL,
  grace_days INT NOT NULL,
  required_letters INT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;

-- name_key is the name without regard to case and spacing (rules/company_key.h). version is the etag.
CREATE TABLE companies (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  name_key VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  representative CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_company_a_name (name_key)
) ENGINE=InnoDB;

CREATE TABLE people (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  full_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  company CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accepted_letters INT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_person_an_address (email),
  KEY of_company (company, id)
) ENGINE=InnoDB;

-- Periods [start_date, end_date) of people and of companies; only ever inserted. holder is the id of either.
CREATE TABLE memberships (
  holder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NULL,
  source VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  batch CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (holder, category, start_date)
) ENGINE=InnoDB;

-- Which file brought which facts.
CREATE TABLE import_batches (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  file_sha256 BINARY(32) NOT NULL,
  row_count BIGINT NOT NULL,
  imported_at BIGINT NOT NULL,
  actor VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;

-- The one row that an import locks, so that two of them never run into each other.
CREATE TABLE import_turn (
  id TINYINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;

INSERT INTO import_turn (id) VALUES (1);

CREATE TABLE waivers (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  requirement ENUM('REFERENCE_LETTERS') NOT NULL,
  for_vote TINYINT(1) NOT NULL,
  for_office TINYINT(1) NOT NULL,
  for_contest TINYINT(1) NOT NULL,
  motion VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  valid_from DATE NOT NULL,
  valid_until DATE NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_waiver_id (id),
  UNIQUE KEY one_waiver_a_motion (motion)
) ENGINE=InnoDB;

CREATE TABLE rolls (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  entry_count INT NOT NULL,
  sha256 BINARY(32) NOT NULL,
  record_date DATE NOT NULL,
  frozen_at BIGINT NOT NULL,
  PRIMARY KEY (election)
) ENGINE=InnoDB;

CREATE TABLE roll_entries (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company_display_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  representative CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (election, company)
) ENGINE=InnoDB;

-- The registrar's keys: RSA as PKCS#8 (DER), Ed25519 as its seed. A key serves one election.
CREATE TABLE registrar_keys (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rsa_n VARBINARY(384) NOT NULL,
  rsa_private VARBINARY(4096) NOT NULL,
  list_seed VARBINARY(32) NOT NULL,
  PRIMARY KEY (election),
  UNIQUE KEY one_election_a_key (rsa_n)
) ENGINE=InnoDB;

CREATE TABLE manifests (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  manifest MEDIUMBLOB NOT NULL,
  manifest_hash VARBINARY(32) NOT NULL,
  issuing_opens BIGINT NOT NULL,
  issuing_closes BIGINT NOT NULL,
  voting_closes BIGINT NOT NULL,
  PRIMARY KEY (election)
) ENGINE=InnoDB;

-- Which company collected a credential. No time, no order, no person: whoever compares this table with the
-- ballots learns nothing but the list that is published anyway.
CREATE TABLE issuances (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  blinded_msg_sha256 VARBINARY(32) NOT NULL,
  recovery_blob VARBINARY(2048) NOT NULL,
  PRIMARY KEY (election, company),
  KEY of_company (company)
) ENGINE=InnoDB;
