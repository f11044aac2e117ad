-- A caller's line is found by the digest of the address that they proved, which their token holds: whoever else has that
-- address in the copy of another election changes nothing here.
ALTER TABLE roll_copy_lines
  ADD COLUMN address_sha256 BINARY(32) NULL;

UPDATE roll_copy_lines SET address_sha256 = UNHEX(SHA2(email, 256));

ALTER TABLE roll_copy_lines
  MODIFY COLUMN address_sha256 BINARY(32) NOT NULL,
  DROP KEY one_person_an_address,
  ADD UNIQUE KEY one_person_an_address (election, address_sha256);
