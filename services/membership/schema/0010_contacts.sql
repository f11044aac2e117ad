-- The mailing list.

CREATE TABLE topics (
  id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;

-- One row an address that ever was on the list, by the SHA-256 of the normalised address; it outlives the
-- contact. suppressed_at: since when the society may not add it; NULL: it may. Every change of a contact
-- changes changes first, and so holds the address for the rest of its transaction.
CREATE TABLE contact_addresses (
  address_sha256 BINARY(32) NOT NULL,
  suppressed_at BIGINT NULL,
  changes BIGINT NOT NULL,
  PRIMARY KEY (address_sha256)
) ENGINE=InnoDB;

-- topics: ids, separated by spaces, here and below. unsubscribe_token stands in every mailing.
CREATE TABLE contacts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  full_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  state ENUM('SUBSCRIBED', 'UNSUBSCRIBED') NOT NULL,
  topics VARCHAR(1300) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  unsubscribe_token CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_contact_an_address (email),
  UNIQUE KEY one_contact_a_token (unsubscribe_token)
) ENGINE=InnoDB;

-- What happened to contacts; only ever inserted, but for the evidence, which erasure empties.
CREATE TABLE contact_consents (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  contact CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  act ENUM('ADDED', 'CONFIRMED', 'UNSUBSCRIBED', 'ERASED') NOT NULL,
  evidence VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  topics VARCHAR(1300) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  actor VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (sequence),
  KEY of_contact (contact, sequence)
) ENGINE=InnoDB;

-- Who asked to subscribe and has not confirmed. The token itself stands in the letter alone.
CREATE TABLE subscription_requests (
  token_sha256 BINARY(32) NOT NULL,
  email VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  full_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  topics VARCHAR(1300) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (token_sha256),
  KEY of_address (email),
  KEY expired (expires_at)
) ENGINE=InnoDB;

-- How often was asked in a span of time: of an address (its SHA-256) in a day, of all (zeros) in an hour.
CREATE TABLE subscription_counts (
  asker_sha256 BINARY(32) NOT NULL,
  since BIGINT NOT NULL,
  asked INT NOT NULL,
  PRIMARY KEY (asker_sha256, since),
  KEY expired (since)
) ENGINE=InnoDB;
