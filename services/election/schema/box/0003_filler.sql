-- One row of random bytes that is written over and over after each batch and after the close, until the server's redo
-- log, which goes round in a circle, holds nothing of how ballots came in any more.
CREATE TABLE filler (
  id TINYINT NOT NULL,
  bytes MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;
