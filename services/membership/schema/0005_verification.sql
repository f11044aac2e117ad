-- Verification: letters of reference, ways to be verified, and applications.

-- State EXPIRED is not stored: a REQUESTED letter whose expires_at has passed is expired. referee_now is the
-- referee's address while the letter is under way or counts, NULL otherwise: its key lets a referee count once.
-- Of the secret in the referee's mail only the digest stands here, until the letter came.
CREATE TABLE letters (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  referee_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  referee_email VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  referee_now VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NULL,
  relation VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  state ENUM('REQUESTED', 'RECEIVED', 'CHECKED', 'ACCEPTED', 'REFUSED', 'WITHDRAWN', 'REVOKED') NOT NULL,
  text TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  on_paper TINYINT(1) NOT NULL,
  check_note VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  decision_reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  token_sha256 BINARY(32) NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NULL,
  received_at BIGINT NULL,
  decided_at BIGINT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_letter_a_referee (person, referee_now),
  UNIQUE KEY one_letter_a_token (token_sha256),
  KEY of_person (person, id),
  KEY in_state (state, id)
) ENGINE=InnoDB;

-- Versions of a way: of those with a valid_from that is not after a day, the latest holds on that day, unless it
-- is the end of the way (removed).
CREATE TABLE verification_ways (
  category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  way VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  valid_from DATE NOT NULL,
  removed TINYINT(1) NOT NULL,
  display_name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  letters INT NOT NULL,
  track VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  vouchers INT NOT NULL,
  board_motion TINYINT(1) NOT NULL,
  PRIMARY KEY (category, way, valid_from)
) ENGINE=InnoDB;

-- Who vouches for whom over the days [start_date, end_date). person_now is the person until the vouch is
-- withdrawn, NULL then.
CREATE TABLE vouches (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  voucher CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person_now CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  start_date DATE NOT NULL,
  end_date DATE NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_vouch_a_pair (voucher, person_now),
  KEY of_person (person, sequence)
) ENGINE=InnoDB;

-- Who was verified by a motion over the days [start_date, end_date).
CREATE TABLE verification_grants (
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  motion VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NULL,
  end_reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  PRIMARY KEY (person, category, motion)
) ENGINE=InnoDB;

-- State EXPIRED is not stored: a SUBMITTED application whose expires_at has passed is expired. email_now is the
-- address while a confirmed application waits for its decision, NULL otherwise. Of the secret in the applicant's
-- mail only the digest stands here, until the application is decided.
CREATE TABLE applications (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  full_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  email VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email_now VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NULL,
  company_display_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  statement TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  accepted_terms VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  state ENUM('SUBMITTED', 'CONFIRMED', 'APPROVED', 'REFUSED', 'WITHDRAWN') NOT NULL,
  token_sha256 BINARY(32) NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  confirmed_at BIGINT NULL,
  decided_at BIGINT NULL,
  decision_reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_open_application_an_address (email_now),
  UNIQUE KEY one_application_a_token (token_sha256),
  KEY in_state (state, id),
  KEY unconfirmed (state, expires_at)
) ENGINE=InnoDB;

-- How many applications came within an hour (since the Unix epoch): in all (address_sha256 of nothing), and by
-- address. Rows of past hours are deleted.
CREATE TABLE application_counts (
  hour BIGINT NOT NULL,
  address_sha256 BINARY(32) NOT NULL,
  submitted INT NOT NULL,
  PRIMARY KEY (hour, address_sha256)
) ENGINE=InnoDB;
