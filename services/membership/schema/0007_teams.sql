-- Teams: seats, codes to join a company, offers of help.

-- Seats that a company bought, over the days [start_date, end_date). seats goes down when some are taken back.
CREATE TABLE seat_purchases (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seats INT NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NULL,
  note VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  buyer VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_purchase_id (id),
  KEY of_company (company, sequence)
) ENGINE=InnoDB;

-- The seats that are taken: a number up to those that the company has, and who is on it. covered_until is the end
-- of the periods that its person has for it; NULL: no end.
CREATE TABLE seats (
  company CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number INT NOT NULL,
  holder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  held_since DATE NOT NULL,
  covered_until DATE NULL,
  PRIMARY KEY (company, number),
  UNIQUE KEY one_seat_a_person (holder)
) ENGINE=InnoDB;

-- Who sat down and left; only ever inserted.
CREATE TABLE seat_moves (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  company CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number INT NOT NULL,
  kind ENUM('ASSIGNED', 'FREED', 'SWAPPED', 'LEFT_COMPANY', 'RENUMBERED') NOT NULL,
  person_out CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  person_in CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  moved_on DATE NOT NULL,
  source VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (sequence),
  KEY of_company (company, sequence),
  KEY of_who_left (person_out),
  KEY of_who_sat_down (person_in)
) ENGINE=InnoDB;

-- Codes by which people join a company, as digests. address is of an invitation, whose code is good for that
-- address alone.
CREATE TABLE join_codes (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  code_sha256 BINARY(32) NOT NULL,
  address VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NULL,
  uses INT NOT NULL,
  most_uses INT NOT NULL,
  expires_at BIGINT NOT NULL,
  creator VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_join_code (code_sha256),
  KEY of_company (company, id),
  KEY of_address (address)
) ENGINE=InnoDB;

CREATE TABLE help_offers (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  hours_a_month INT NOT NULL,
  skills VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  offer_text VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  show_email TINYINT(1) NOT NULL,
  state ENUM('OPEN', 'TAKEN', 'WITHDRAWN') NOT NULL,
  taken_for VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  created_at BIGINT NOT NULL,
  settled_at BIGINT NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_offer_id (id),
  KEY of_person (person, sequence),
  KEY of_state (state, sequence)
) ENGINE=InnoDB;
