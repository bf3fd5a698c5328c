-- What of an erased person a gateway may still bring. Only the center writes these.

-- `id`: leads to nobody any more; an event that names it tells of best shots that are to be let go.
CREATE TABLE erased_person (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX erased_person_at ON erased_person (at);

-- Best shots that are refused when they come.
CREATE TABLE erased_shot (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX erased_shot_at ON erased_shot (at);

-- What each gateway's best shots take.
CREATE INDEX evidence_gateway ON evidence (site, gateway);

-- Where somebody was recognised since an instant.
DROP INDEX event_person;
CREATE INDEX event_person ON event ((data ->> 'person'), received) WHERE type = 'vn.wardroom.face.recognized.v1';
