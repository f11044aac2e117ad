-- Continuing education, badges and chapters.

CREATE TABLE courses (
  id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  provider VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  hundredths INT NOT NULL,
  valid_from DATE NULL,
  valid_until DATE NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;

-- What a certification asks for; required_hundredths beside the courses of track_courses.
CREATE TABLE tracks (
  id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  required_hundredths INT NOT NULL,
  within_months INT NOT NULL,
  valid_months INT NOT NULL,
  automatic TINYINT(1) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;

CREATE TABLE track_courses (
  track VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  course VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (track, course)
) ENGINE=InnoDB;

-- A claim that was refused or taken back no longer stands in the way of a new one: course_now is the course
-- of a claim that waits or counts, else NULL, and has the key in the place of course.
ALTER TABLE credits MODIFY state ENUM('CLAIMED', 'APPROVED', 'REFUSED', 'WITHDRAWN') NOT NULL;
ALTER TABLE credits ADD COLUMN course_now VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL;
UPDATE credits SET course_now = course WHERE state IN ('CLAIMED', 'APPROVED');
ALTER TABLE credits ADD KEY of_course (person, course, earned_on);
ALTER TABLE credits DROP KEY one_claim_a_course_and_day;
ALTER TABLE credits ADD UNIQUE KEY one_claim_a_course_and_day (person, course_now, earned_on);

-- That a person completed a track. held_now is person and track while neither revoked nor renewed, else NULL;
-- a certification past valid_until gives it up when the next one is granted.
CREATE TABLE certifications (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  track VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  granted_on DATE NOT NULL,
  valid_until DATE NULL,
  granted_by VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  renewed_on DATE NULL,
  revoked_on DATE NULL,
  revoke_reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  held_now VARCHAR(90) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_certification_a_track (held_now),
  KEY of_person (person, granted_on),
  KEY of_track (track, id)
) ENGINE=InnoDB;

-- Whoever knows the id may check the badge; it says nothing that is not asked of the register on that day.
CREATE TABLE badges (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  label VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  show_company TINYINT(1) NOT NULL,
  issued_at BIGINT NOT NULL,
  revoked_at BIGINT NULL,
  PRIMARY KEY (id),
  KEY of_person (person, id)
) ENGINE=InnoDB;

CREATE TABLE chapters (
  id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  kind ENUM('STATE', 'COUNTRY', 'OTHER') NOT NULL,
  closed TINYINT(1) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;

-- Who is, or was, in which chapter: the days [start_date, end_date). person_now is NULL once it has ended.
CREATE TABLE chapter_memberships (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  chapter VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NULL,
  source VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  end_source VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  person_now CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (id),
  UNIQUE KEY one_chapter_at_a_time (person_now),
  KEY of_person (person, start_date, id),
  KEY of_chapter (chapter, id)
) ENGINE=InnoDB;
