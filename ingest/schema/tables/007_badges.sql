-- A code is one delegate's of an occasion, and may be that of another occasion's: the text of a staff card stays the same.
DROP INDEX delegate_badge;
CREATE UNIQUE INDEX delegate_badge ON delegate (badge_digest, occasion);
