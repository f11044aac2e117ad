-- Identity: signing in, sessions, service accounts. No column holds a secret, only digests of secrets.

-- Attempts to sign in by e-mail. person is NULL when the address is nobody's: the row is there all the same, with
-- digests of a code that nobody was told. A digest is SHA-256 of salt and secret.
CREATE TABLE sign_ins (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  address_sha256 BINARY(32) NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  salt BINARY(16) NOT NULL,
  code_sha256 BINARY(32) NOT NULL,
  link_sha256 BINARY(32) NOT NULL,
  tries INT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT NULL,
  PRIMARY KEY (id),
  KEY by_age (created_at)
) ENGINE=InnoDB;

-- How often something was done in the span that began at started_at. subject says what was done, and by the digest
-- of an address or of a peer, by whom.
CREATE TABLE sign_in_counts (
  subject VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  started_at BIGINT NOT NULL,
  uses INT NOT NULL,
  PRIMARY KEY (subject),
  KEY by_age (started_at)
) ENGINE=InnoDB;

-- chain_key goes into the next refresh token of the session, together with the one before: neither the table nor
-- an old token alone tells it.
CREATE TABLE sessions (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  means ENUM('EMAIL_CODE', 'EMAIL_LINK') NOT NULL,
  chain_key BINARY(32) NOT NULL,
  created_at BIGINT NOT NULL,
  refreshed_at BIGINT NOT NULL,
  ended_at BIGINT NULL,
  end_cause ENUM('SIGNED_OUT', 'ENDED', 'SIGNED_OUT_EVERYWHERE', 'TOKEN_REUSED') NULL,
  PRIMARY KEY (id),
  KEY of_person (person, id)
) ENGINE=InnoDB;

-- Every refresh token that a session has had, until the session cannot live any more: one that comes back after
-- its use is how a theft shows. use_sha256 is the digest of the request_id that used it.
CREATE TABLE refresh_tokens (
  token_sha256 BINARY(32) NOT NULL,
  session CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  used_at BIGINT NULL,
  use_sha256 BINARY(32) NULL,
  kept_until BIGINT NOT NULL,
  PRIMARY KEY (token_sha256),
  KEY by_age (kept_until)
) ENGINE=InnoDB;

-- Programs that act for the office. roles is a list separated by commas. The secret is random, 256 bits, and needs
-- no salt.
CREATE TABLE service_accounts (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  roles VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  creator VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  secret_sha256 BINARY(32) NOT NULL,
  secret_at BIGINT NOT NULL,
  revoked_at BIGINT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;
