-- Nobody collects for two lines of a roll: collector is the representative of a line that stands in the latest revision,
-- and NULL once it has ended. Where a roll of before names somebody twice, the first of the lines has it.
ALTER TABLE roll_entries
  ADD COLUMN collector CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL;

UPDATE roll_entries e
  JOIN (SELECT election, representative, MIN(unit) AS unit FROM roll_entries WHERE until_revision = 0
        GROUP BY election, representative) one
    ON one.election = e.election AND one.unit = e.unit
  SET e.collector = e.representative
  WHERE e.until_revision = 0;

ALTER TABLE roll_entries
  ADD UNIQUE KEY one_line_a_person (election, collector);
