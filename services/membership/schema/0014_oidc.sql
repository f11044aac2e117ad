-- Signing in through an OpenID Connect provider. No column holds a secret.

-- Sign-ins under way. The nonce and the verifier of PKCE follow from a secret that only the client has: whoever reads
-- the table cannot finish one.
CREATE TABLE oidc_sign_ins (
  state_sha256 BINARY(32) NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT NULL,
  PRIMARY KEY (state_sha256),
  KEY by_age (created_at)
) ENGINE=InnoDB;

-- Who it is whom a provider calls by a name. Bytes: a collation that pads would take two names for one.
CREATE TABLE oidc_subjects (
  issuer VARBINARY(255) NOT NULL,
  subject VARBINARY(255) NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  linked_at BIGINT NOT NULL,
  UNIQUE KEY one_person_a_subject (issuer, subject),
  KEY of_person (person)
) ENGINE=InnoDB;

ALTER TABLE sessions MODIFY means ENUM('EMAIL_CODE', 'EMAIL_LINK', 'OIDC') NOT NULL;
