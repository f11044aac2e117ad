-- Bodies, their seats and who holds them. Ids chosen by staff are at most 63 of [a-z0-9-]; the id of a
-- person or an election is kept without its collection.

CREATE TABLE bodies (
  body VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  kind TINYINT UNSIGNED NOT NULL,
  purpose VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  seat_count TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (body)
) ENGINE=InnoDB;

CREATE TABLE seats (
  body VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seat TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (body, seat),
  CONSTRAINT seat_of_body FOREIGN KEY (body) REFERENCES bodies (body)
) ENGINE=InnoDB;

-- `current` is 1 until the holding is ended, then NULL, and `chair` is 1 while it is current and carries the
-- chair: a UNIQUE key lets any number of NULLs stand, so each key below holds for present holdings only.
-- The second one is society-wide: one position a person.
CREATE TABLE holdings (
  holding CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  body VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seat TINYINT UNSIGNED NOT NULL,
  person VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  full_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  origin TINYINT UNSIGNED NOT NULL,
  office TINYINT UNSIGNED NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NOT NULL,
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
  current TINYINT NULL,
  chair TINYINT NULL,
  PRIMARY KEY (holding),
  UNIQUE KEY one_holder_a_seat (body, seat, current),
  UNIQUE KEY one_position_a_person (person, current),
  UNIQUE KEY one_chair_a_body (body, chair),
  KEY newest (start_date, holding),
  CONSTRAINT holding_of_seat FOREIGN KEY (body, seat) REFERENCES seats (body, seat)
) ENGINE=InnoDB;

-- One row an election whose winners were seated: what was asked (SHA-256) and what was answered.
CREATE TABLE seatings (
  election VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_hash BINARY(32) NOT NULL,
  response LONGBLOB NULL,
  seated_at BIGINT NOT NULL,
  PRIMARY KEY (election)
) ENGINE=InnoDB;
