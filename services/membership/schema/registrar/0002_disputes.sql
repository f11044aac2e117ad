-- Every dispute of a line is kept, as in membership: see ../0019_disputes.sql.
ALTER TABLE disputes
  ADD COLUMN number INT NOT NULL DEFAULT 1 AFTER unit,
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (election, unit, number);
