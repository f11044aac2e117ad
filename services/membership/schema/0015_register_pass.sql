-- Judging the whole register reads people by ranges of companies: both keys answer without a look at the row.
ALTER TABLE links
  DROP KEY of_company,
  ADD KEY of_company (company, role, start_date, end_date, person);
ALTER TABLE letter_counts
  DROP KEY of_person,
  ADD KEY of_person (person, recorded_on, sequence, accepted);
