-- The code of ethics. A published version is only ever inserted. `ordinal` counts publications from 1.

CREATE TABLE code_versions (
  version VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ordinal INT UNSIGNED NOT NULL,
  preamble TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  published_at BIGINT NOT NULL,
  PRIMARY KEY (version),
  UNIQUE KEY one_version_an_ordinal (ordinal)
) ENGINE=InnoDB;

CREATE TABLE areas (
  version VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position TINYINT UNSIGNED NOT NULL,
  area VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (version, position),
  UNIQUE KEY one_area_a_version (version, area),
  CONSTRAINT area_of_version FOREIGN KEY (version) REFERENCES code_versions (version)
) ENGINE=InnoDB;

CREATE TABLE provisions (
  version VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  area_position TINYINT UNSIGNED NOT NULL,
  position TINYINT UNSIGNED NOT NULL,
  provision VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  text TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (version, area_position, position),
  UNIQUE KEY one_provision_a_version (version, provision),
  CONSTRAINT provision_of_area FOREIGN KEY (version, area_position) REFERENCES areas (version, position)
) ENGINE=InnoDB;

-- The one row that says which version is current: the last one published. Ordinal 0 is none yet.
CREATE TABLE current_code (
  only_row TINYINT UNSIGNED NOT NULL,
  ordinal INT UNSIGNED NOT NULL,
  PRIMARY KEY (only_row)
) ENGINE=InnoDB;

INSERT INTO current_code (only_row, ordinal) VALUES (1, 0);

-- The first time is kept.
CREATE TABLE acceptances (
  person VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accepted_at BIGINT NOT NULL,
  PRIMARY KEY (person, version),
  KEY by_version (version, person),
  CONSTRAINT acceptance_of_version FOREIGN KEY (version) REFERENCES code_versions (version)
) ENGINE=InnoDB;

-- Every level the code ever had; the last row holds.
CREATE TABLE bindings (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  level TINYINT UNSIGNED NOT NULL,
  reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  set_at BIGINT NOT NULL,
  PRIMARY KEY (sequence)
) ENGINE=InnoDB;
