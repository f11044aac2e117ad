-- Imports: files on their way, batches, and what each batch changed.

-- A file that is being read, and its rows until it is on the register or refused. begun_at is real time, as the
-- deadline of a call is: what is older than any call has been left behind and goes.
CREATE TABLE import_uploads (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  begun_at BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;

-- company_key is that of the company named, or of where the person is when none is (named_none). refused: another
-- row of this person says otherwise.
CREATE TABLE import_rows (
  upload CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  line BIGINT NOT NULL,
  email VARCHAR(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  full_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  company VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  company_key VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start_date DATE NULL,
  end_date DATE NULL,
  letters INT NULL,
  representative TINYINT(1) NOT NULL,
  company_category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company_start_date DATE NULL,
  company_end_date DATE NULL,
  refused TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (upload, line),
  KEY in_order (upload, refused, company_key, email, line),
  KEY of_person (upload, email, line)
) ENGINE=InnoDB;

-- changes_kept: what the batch changed is in import_changes; 0 for batches of the time before that table.
ALTER TABLE import_batches
  ADD COLUMN sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  ADD COLUMN year INT NOT NULL DEFAULT 0,
  ADD COLUMN people_created BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN people_updated BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN companies_created BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN memberships_created BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN facts_kept BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN change_count BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN changes_kept TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN reverted_at BIGINT NULL,
  ADD COLUMN reverted_by VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  ADD UNIQUE KEY in_order (sequence);

-- Every fact that a batch brought, in the order in which it was stored, and what stood there before. Stays when
-- the batch is taken back, as the record of what was deleted.
--   COMPANY_ADDED, PERSON_ADDED  subject
--   PERSON_RENAMED               subject; before_text, after_text: the names
--   PERIOD_ADDED                 subject (a person or a company), category, start_date, end_date
--   LINK_ADDED, LINK_ENDED       link, subject (the person), company, role, start_date, end_date
--   LETTERS_RECORDED             subject, start_date (recorded_on); before_text, after_text: the counts
CREATE TABLE import_changes (
  batch CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence BIGINT NOT NULL,
  kind ENUM('COMPANY_ADDED', 'PERSON_ADDED', 'PERSON_RENAMED', 'PERIOD_ADDED', 'LINK_ADDED', 'LINK_ENDED',
    'LETTERS_RECORDED') NOT NULL,
  subject CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  link CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  role ENUM('EMPLOYEE', 'ADMINISTRATOR', 'REPRESENTATIVE') NULL,
  category VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NULL,
  start_date DATE NULL,
  end_date DATE NULL,
  before_text VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  after_text VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (batch, sequence)
) ENGINE=InnoDB;

-- Who stands on a frozen roll.
ALTER TABLE roll_entries
  ADD KEY import_by_company (company),
  ADD KEY import_by_representative (representative);
