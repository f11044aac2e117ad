-- letters.referee_now is the referee's mailbox (rules/duplicates.h), no longer the address as it was written: ann+1@
-- and ann+2@ are one referee. A second letter that is under way today keeps its spelling.
UPDATE IGNORE letters
  SET referee_now = CONCAT(SUBSTRING_INDEX(SUBSTRING_INDEX(referee_now, '@', 1), '+', 1), '@',
                           SUBSTRING_INDEX(referee_now, '@', -1))
  WHERE referee_now LIKE '%+%';
UPDATE IGNORE letters
  SET referee_now = CONCAT(REPLACE(SUBSTRING_INDEX(referee_now, '@', 1), '.', ''), '@gmail.com')
  WHERE referee_now LIKE '%@gmail.com' OR referee_now LIKE '%@googlemail.com';
