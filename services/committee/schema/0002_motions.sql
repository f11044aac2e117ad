-- Motions and their roll calls. The figures of the result are set once, by the announcement.

CREATE TABLE motions (
  motion CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  body VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  text TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  threshold TINYINT UNSIGNED NOT NULL,
  mover VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- plenary.committee.v1.WaiveRequirement, serialised; NULL when the resolution is all there is.
  waive_requirement BLOB NULL,
  proposed_at BIGINT NOT NULL,
  announced_at BIGINT NULL,
  -- plenary.committee.v1.MotionResult, serialised; NULL until announced.
  result BLOB NULL,
  PRIMARY KEY (motion),
  KEY newest (body, proposed_at, motion),
  CONSTRAINT motion_of_body FOREIGN KEY (body) REFERENCES bodies (body)
) ENGINE=InnoDB;

-- One vote a seat; voting again changes the row.
CREATE TABLE motion_votes (
  motion CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seat TINYINT UNSIGNED NOT NULL,
  person VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  full_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  choice TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (motion, seat),
  CONSTRAINT vote_on_motion FOREIGN KEY (motion) REFERENCES motions (motion)
) ENGINE=InnoDB;
