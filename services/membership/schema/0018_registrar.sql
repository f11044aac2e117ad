-- Keys at rest are sealed: the numbers of both private keys in one box, which opens with a key that stands outside the
-- database. rsa_private and list_seed hold keys from before; the first start seals them and sets both to NULL. A row
-- whose sealed is NULL, too, has had its keys destroyed at destroyed_at; its rsa_n stays, so that no key comes back.
ALTER TABLE registrar_keys
  MODIFY COLUMN rsa_private VARBINARY(4096) NULL,
  MODIFY COLUMN list_seed VARBINARY(32) NULL,
  ADD COLUMN sealed VARBINARY(2048) NULL,
  ADD COLUMN destroyed_at BIGINT NULL;

-- unit: what the roll lists. listed: the list of issuances is made and no row follows; whoever issues shares the
-- manifest's row, and whoever makes the list holds it.
ALTER TABLE manifests
  ADD COLUMN unit ENUM('COMPANY', 'PERSON') NOT NULL DEFAULT 'COMPANY',
  ADD COLUMN listed TINYINT(1) NOT NULL DEFAULT 0;

UPDATE manifests SET unit = 'PERSON' WHERE election IN (SELECT election FROM rolls WHERE unit = 'PERSON');

-- The signed lists, as they are published.
CREATE TABLE issuance_lists (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  issuance_list LONGBLOB NOT NULL,
  PRIMARY KEY (election)
) ENGINE=InnoDB;

-- What somebody says is wrong with their line, the last of each. Open as long as answer is ''. Of a dispute and of
-- nothing else the order is kept.
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
