-- The auditor's registrar. Everything from registrar_keys to disputes is as membership's registrar keeps it (the same
-- code reads both): see ../0018_registrar.sql.

-- Rolls as the auditor took them over. fixed: a manifest names this hash, and the copy does not change any more.
CREATE TABLE roll_copies (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  sha256 BINARY(32) NOT NULL,
  line_count INT NOT NULL,
  unit ENUM('COMPANY', 'PERSON') NOT NULL,
  fixed TINYINT(1) NOT NULL,
  PRIMARY KEY (election),
  UNIQUE KEY in_order (sequence)
) ENGINE=InnoDB;

-- Who collects for which line, and the address that proves them: one line a person, one person an address.
CREATE TABLE roll_copy_lines (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unit CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unit_display_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  representative CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  representative_full_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  email VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (election, unit),
  UNIQUE KEY one_line_a_person (election, representative),
  UNIQUE KEY one_person_an_address (election, email),
  KEY of_address (email)
) ENGINE=InnoDB;

-- Codes that were mailed, or would have been: of an address that nobody has there is a row all the same. A digest is
-- SHA-256 of salt and code.
CREATE TABLE codes (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  address_sha256 BINARY(32) NOT NULL,
  salt BINARY(16) NOT NULL,
  code_sha256 BINARY(32) NOT NULL,
  tries INT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (sequence),
  KEY of_address (address_sha256, expires_at),
  KEY by_age (expires_at)
) ENGINE=InnoDB;

-- How often something was done in the span that began at started_at, as in membership.
CREATE TABLE sign_in_counts (
  subject VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  started_at BIGINT NOT NULL,
  uses INT NOT NULL,
  PRIMARY KEY (subject),
  KEY by_age (started_at)
) ENGINE=InnoDB;

CREATE TABLE registrar_keys (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rsa_n VARBINARY(384) NOT NULL,
  sealed VARBINARY(2048) NULL,
  destroyed_at BIGINT NULL,
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
  unit ENUM('COMPANY', 'PERSON') NOT NULL,
  listed TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (election)
) ENGINE=InnoDB;

-- No time, no order, no person.
CREATE TABLE issuances (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unit CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  blinded_msg_sha256 VARBINARY(32) NOT NULL,
  recovery_blob VARBINARY(2048) NOT NULL,
  PRIMARY KEY (election, unit),
  KEY of_unit (unit)
) ENGINE=InnoDB;

CREATE TABLE issuance_lists (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  issuance_list LONGBLOB NOT NULL,
  PRIMARY KEY (election)
) ENGINE=InnoDB;

CREATE TABLE disputes (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unit CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  text VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  blinded_msg VARBINARY(384) NOT NULL,
  blind_signature VARBINARY(384) NOT NULL,
  answer VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (election, unit),
  UNIQUE KEY in_order (sequence)
) ENGINE=InnoDB;
