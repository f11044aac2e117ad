-- What every service with people in it keeps beside its own tables. A store that must hold no order and
-- no caller (the ballot box) does not apply this set.

-- Effects on other services, written in the transaction that decided them (common/outbox).
-- Times named *_at and *_until are microseconds of real time; not_before is of the suite's clock.
CREATE TABLE outbox (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  effect_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dedupe_key VARBINARY(255) NOT NULL,
  method VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload LONGBLOB NOT NULL,
  not_before BIGINT NOT NULL,
  state ENUM('PENDING', 'DELIVERED', 'PARKED') NOT NULL,
  attempts INT UNSIGNED NOT NULL,
  retry_at BIGINT NOT NULL,
  claimed_until BIGINT NOT NULL,
  claimed_by CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  error TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_effect_id (effect_id),
  UNIQUE KEY one_effect_per_key (dedupe_key),
  KEY due (state, sequence)
) ENGINE=InnoDB;

-- The first answer to each request id, given again when the request is repeated (common/idempotency).
CREATE TABLE requests (
  caller VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  request_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_hash BINARY(32) NOT NULL,
  response LONGBLOB NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (caller, request_id),
  KEY by_age (created_at)
) ENGINE=InnoDB;

-- Who did what to which resource, and when: only ever inserted (common/audit).
CREATE TABLE audit (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  at BIGINT NOT NULL,
  actor VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  act VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resource VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  detail TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (sequence),
  KEY of_resource (resource, sequence)
) ENGINE=InnoDB;
