-- Notices: what the association tells people by e-mail.

-- The queue and the record of it. event is what the notice is about, for ever: no event has two.
-- template_values is a JSON object, '{}' once a secret one is settled. Lane 0 goes before lane 1. A claim
-- (claimed_by, claimed_until) and retry_at are real time, the other instants are the suite's. resends counts how
-- often it was queued again.
CREATE TABLE notices (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  template VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  address VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  address_sha256 BINARY(32) NOT NULL,
  template_values MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  secret TINYINT(1) NOT NULL,
  lane TINYINT NOT NULL,
  state ENUM('QUEUED', 'SENT', 'EXPIRED', 'SUPPRESSED', 'BOUNCED', 'FAILED') NOT NULL,
  not_after BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  settled_at BIGINT NULL,
  resends INT NOT NULL,
  attempts INT NOT NULL,
  retry_at BIGINT NOT NULL,
  claimed_until BIGINT NOT NULL,
  claimed_by CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  error VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_notice_id (id),
  UNIQUE KEY one_notice_an_event (event),
  KEY due (state, lane, retry_at, sequence),
  KEY worthless (state, not_after),
  KEY of_state (state, sequence),
  KEY of_person (person, sequence),
  KEY of_template (template, sequence),
  KEY of_address (address_sha256)
) ENGINE=InnoDB;

-- Addresses that get no more mail: by digest, so that the list itself holds none.
CREATE TABLE suppressed_addresses (
  address_sha256 BINARY(32) NOT NULL,
  cause ENUM('BOUNCE', 'COMPLAINT') NOT NULL,
  detail VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  notice CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  suppressed_at BIGINT NOT NULL,
  PRIMARY KEY (address_sha256)
) ENGINE=InnoDB;
