-- People who may be recognised: who they are, what they agreed to, their photos and faces (sealed: the key is never in the database),
-- and the log of who did and looked at what. Only the center writes these.

-- `plain`: the name in small letters without diacritics, for search. `retain_until`: photos and faces are purged then.
CREATE TABLE person (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    plain text NOT NULL,
    retain_until timestamptz NULL,
    created timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL
);

CREATE INDEX person_plain ON person (plain, id);
CREATE INDEX person_retain ON person (retain_until) WHERE retain_until IS NOT NULL;

-- `kind`: face (to be recognised), photo_shown (to be shown on a welcome screen). Each word is a row; the newest of a kind holds.
CREATE TABLE consent (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person uuid NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('face', 'photo_shown')),
    given boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    noted_by text NOT NULL,
    note text NOT NULL DEFAULT ''
);

CREATE INDEX consent_person ON consent (person, kind, id DESC);

-- `sealed`: the JPEG, AES-GCM; `report`: what was measured of it, and the nearest other person.
CREATE TABLE photo (
    id uuid PRIMARY KEY,
    person uuid NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    sealed bytea NOT NULL,
    report jsonb NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL
);

CREATE INDEX photo_person ON photo (person);

-- One row a photo and model; faces of different models never meet.
CREATE TABLE embedding (
    photo uuid NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
    person uuid NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    model text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (photo, model)
);

CREATE INDEX embedding_person ON embedding (person);

-- Append-only: `digest` is SHA-256 over the line and the digest before it, so that no line can be changed, taken out or put between.
CREATE TABLE audit (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    who text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32)
);

-- A gateway's word at the center's door, for what is too large or too private for the broker: only the SHA-256 of its token is kept.
CREATE TABLE gateway_token (
    site text NOT NULL,
    gateway text NOT NULL,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    PRIMARY KEY (site, gateway)
);
