-- History: what held on any date, and the source of each fact.

-- Versions of a category: of those with a valid_from that is not after a day, the latest holds on that day.
CREATE TABLE category_versions (
  category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  valid_from DATE NOT NULL,
  display_name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  can_vote TINYINT(1) NOT NULL,
  can_hold_office TINYINT(1) NOT NULL,
  can_vote_in_committee TINYINT(1) NOT NULL,
  can_attend TINYINT(1) NOT NULL,
  seats_included INT NOT NULL,
  price_cents BIGINT NOT NULL,
  term_months INT NOT NULL,
  grace_days INT NOT NULL,
  required_letters INT NOT NULL,
  required_credit_hundredths INT NOT NULL,
  required_code_version VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (category, valid_from)
) ENGINE=InnoDB;

INSERT INTO category_versions (category, valid_from, display_name, can_vote, can_hold_office,
  can_vote_in_committee, can_attend, seats_included, price_cents, term_months, grace_days, required_letters,
  required_credit_hundredths, required_code_version)
  SELECT id, '1900-01-01', display_name, can_vote, can_hold_office, can_vote_in_committee, can_attend,
    seats_included, price_cents, term_months, grace_days, required_letters, 0, '' FROM categories;

-- What remains is the id, which periods and versions name.
ALTER TABLE categories
  DROP COLUMN display_name, DROP COLUMN can_vote, DROP COLUMN can_hold_office, DROP COLUMN can_vote_in_committee,
  DROP COLUMN can_attend, DROP COLUMN seats_included, DROP COLUMN price_cents, DROP COLUMN term_months,
  DROP COLUMN grace_days, DROP COLUMN required_letters;

-- Who belonged to which company as what, over the days [start_date, end_date). people.company and
-- companies.representative say the same of the present day, and change in the same transaction.
-- The three columns ..._now are NULL once the link has ended; their keys are the invariants.
CREATE TABLE links (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role ENUM('EMPLOYEE', 'ADMINISTRATOR', 'REPRESENTATIVE') NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NULL,
  source VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  end_source VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  batch CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  employee_now CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  administrator_now CHAR(52) CHARACTER SET ascii COLLATE ascii_bin NULL,
  representative_now CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_company_at_a_time (employee_now),
  UNIQUE KEY one_administration_a_company (administrator_now),
  UNIQUE KEY one_representative_a_company (representative_now),
  KEY of_person (person, start_date),
  KEY of_company (company, role, start_date)
) ENGINE=InnoDB;

-- A link takes the id of the person, or of the company: no other link has it.
INSERT INTO links (id, person, company, role, start_date, source, employee_now)
  SELECT p.id, p.id, p.company, 'EMPLOYEE',
    COALESCE((SELECT MIN(m.start_date) FROM memberships m WHERE m.holder = p.id), '1900-01-01'), 'register', p.id
  FROM people p;
INSERT INTO links (id, person, company, role, start_date, source, representative_now)
  SELECT c.id, c.representative, c.id, 'REPRESENTATIVE',
    COALESCE((SELECT MIN(m.start_date) FROM memberships m WHERE m.holder = c.representative), '1900-01-01'),
    'register', c.id
  FROM companies c WHERE c.representative IS NOT NULL;

-- Accepted letters of reference: of the rows with a recorded_on that is not after a day, the last one holds.
-- people.accepted_letters says the same of the present day.
CREATE TABLE letter_counts (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  recorded_on DATE NOT NULL,
  accepted INT NOT NULL,
  source VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  batch CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (sequence),
  KEY of_person (person, recorded_on, sequence)
) ENGINE=InnoDB;

INSERT INTO letter_counts (person, recorded_on, accepted, source)
  SELECT p.id, COALESCE((SELECT MIN(m.start_date) FROM memberships m WHERE m.holder = p.id), '1900-01-01'),
    p.accepted_letters, 'register'
  FROM people p WHERE p.accepted_letters > 0;

-- What happened to memberships beside the passing of time; only ever inserted. category and start_date name
-- the one period that is meant, NULL: all of the holder's.
CREATE TABLE membership_acts (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  holder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind ENUM('CANCELLED', 'SUSPENDED', 'REINSTATED', 'DECEASED') NOT NULL,
  category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
  start_date DATE NULL,
  effective_on DATE NOT NULL,
  motion VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  source VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY one_act_id (id),
  UNIQUE KEY one_act_a_motion (motion),
  KEY of_holder (holder, effective_on)
) ENGINE=InnoDB;

-- Versions of the code of ethics that a person accepted, as the ethics service reported it.
CREATE TABLE code_acceptances (
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  code_version VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accepted_on DATE NOT NULL,
  PRIMARY KEY (person, code_version)
) ENGINE=InnoDB;

-- Credits of continuing education, in hundredths. Only APPROVED ones count, for the day they were earned.
CREATE TABLE credits (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state ENUM('CLAIMED', 'APPROVED', 'REFUSED') NOT NULL,
  earned_on DATE NOT NULL,
  hundredths INT NOT NULL,
  course VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
  description VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  evidence VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  decided_by VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  decided_at BIGINT NULL,
  decision_reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_claim_a_course_and_day (person, course, earned_on),
  KEY of_person (person, earned_on),
  KEY to_decide (state, id)
) ENGINE=InnoDB;

ALTER TABLE waivers MODIFY requirement ENUM('REFERENCE_LETTERS', 'CREDITS', 'CODE_ACCEPTANCE') NOT NULL;

-- Names that a person or a company had, each until the day it was changed.
CREATE TABLE former_names (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  holder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  held_until DATE NOT NULL,
  source VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (sequence),
  KEY of_holder (holder, sequence)
) ENGINE=InnoDB;

-- Words of the names of people and companies, folded (rules/search_words.h): what a search looks up by prefix.
CREATE TABLE search_words (
  word VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  holder CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (holder, word),
  KEY by_word (word, holder)
) ENGINE=InnoDB;

INSERT IGNORE INTO search_words (word, holder)
  SELECT LEFT(SUBSTRING_INDEX(SUBSTRING_INDEX(named.words, ' ', nth.n), ' ', -1), 40), named.id
  FROM (
    SELECT id, TRIM(REGEXP_REPLACE(LOWER(full_name), '[[:punct:][:space:]]+', ' ')) AS words FROM people
    UNION ALL
    SELECT id, TRIM(REGEXP_REPLACE(name_key, '[[:punct:][:space:]]+', ' ')) AS words FROM companies
  ) named
  JOIN (
    SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6
    UNION ALL SELECT 7 UNION ALL SELECT 8
  ) nth ON nth.n <= 1 + LENGTH(named.words) - LENGTH(REPLACE(named.words, ' ', ''))
  WHERE named.words <> '';
