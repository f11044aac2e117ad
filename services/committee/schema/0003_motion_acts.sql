-- A carried motion may do one thing. act_field is the number of the field of plenary.committee.v1.Motion that
-- says what, act that field's message, serialised; both are NULL when the resolution is all there is.

ALTER TABLE motions
  CHANGE waive_requirement act BLOB NULL,
  ADD COLUMN act_field INT NULL AFTER mover;

UPDATE motions SET act_field = 7 WHERE act IS NOT NULL;
