-- Tombstones: who was erased. Their id stays, with periods of membership, payments and offices.
CREATE TABLE erasures (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  erased_at BIGINT NOT NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_erasure_a_person (person)
) ENGINE=InnoDB;
