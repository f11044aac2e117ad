-- Every dispute of a line is kept, with its answer: number counts them from 1. At most the last one of a line is open.
ALTER TABLE disputes
  ADD COLUMN number INT NOT NULL DEFAULT 1 AFTER unit,
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (election, unit, number);
