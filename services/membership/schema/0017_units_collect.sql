-- Credentials go to the lines of a roll, of companies or of people: a row is of the line's unit. Ids of companies and of
-- people are drawn at random from one space, so that none stands for two.
ALTER TABLE issuances
  CHANGE COLUMN company unit CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  DROP KEY of_company,
  ADD KEY of_unit (unit);
