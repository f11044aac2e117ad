-- Trustees: who holds the keys that ballots are sealed to, the shares that make up for an absent one, and what they
-- release after the close. And the close itself.

-- CLOSED comes between PUBLISHED and COUNTED. A threshold of 0 is that of an election called before there were
-- trustees: it has none, and cannot be published until it is given some.
ALTER TABLE elections
  MODIFY state ENUM('STATE_CALLED', 'STATE_PUBLISHED', 'STATE_COUNTED', 'STATE_CERTIFIED', 'STATE_SEATED',
                    'STATE_CLOSED') NOT NULL,
  ADD COLUMN trustee_threshold INT NOT NULL DEFAULT 0;

-- `number` counts from 1 in the order of the manifest. The keys are public halves, NULL until they are sent; the hashes of
-- the shares of a trustee's secret stand one after the other by number of the holder, 32 bytes each, NULL until dealt.
CREATE TABLE trustees (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number INT NOT NULL,
  person VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tally_key BINARY(32) NULL,
  transport_key BINARY(32) NULL,
  share_sha256 VARBINARY(288) NULL,
  accepted TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (election, number),
  UNIQUE KEY one_place_a_person (election, person)
) ENGINE=InnoDB;

-- Every public key that a trustee of any election ever sent, tally and transport keys alike: one serves once. A row
-- stays when its trustee is reset.
CREATE TABLE trustee_keys (
  public_key BINARY(32) NOT NULL,
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (public_key)
) ENGINE=InnoDB;

-- The share of dealer's secret that holder keeps, sealed to the holder's transport key.
CREATE TABLE dealt_shares (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dealer INT NOT NULL,
  holder INT NOT NULL,
  sealed VARBINARY(135) NOT NULL,
  PRIMARY KEY (election, dealer, holder)
) ENGINE=InnoDB;

-- Published after the close: a trustee's tally secret, released by the trustee or put together from shares.
CREATE TABLE tally_secrets (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  trustee INT NOT NULL,
  secret BINARY(32) NOT NULL,
  released_at BIGINT NOT NULL,
  PRIMARY KEY (election, trustee)
) ENGINE=InnoDB;

-- Holder's share of dealer's secret ("PLS1 …"), released after the close because dealer is absent.
CREATE TABLE released_shares (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dealer INT NOT NULL,
  holder INT NOT NULL,
  share VARBINARY(87) NOT NULL,
  PRIMARY KEY (election, dealer, holder)
) ENGINE=InnoDB;

-- A closed election: the final checkpoint of its log, a note signed by the box, checked before it was stored. Never
-- changed.
CREATE TABLE closings (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  checkpoint VARBINARY(4096) NOT NULL,
  closed_at BIGINT NOT NULL,
  PRIMARY KEY (election)
) ENGINE=InnoDB;

-- The signed list of each registrar, by its number in the manifest from 0, as it went into the close record ("PLI1 …").
CREATE TABLE issuance_lists (
  election CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  registrar INT NOT NULL,
  list MEDIUMBLOB NOT NULL,
  PRIMARY KEY (election, registrar)
) ENGINE=InnoDB;
